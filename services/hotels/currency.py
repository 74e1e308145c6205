"""The rule that every price of a hotel is in the hotel's own currency."""

from __future__ import annotations

from chassis.refusal import InvalidField

LARGEST = 10**12
"""Smallest units of a currency. However many nights, guests and taxes there are, a total stays below 2**63."""


class CurrencyMismatch(InvalidField):
    """A price or tax is not in the hotel's currency."""

    reason = "CURRENCY_MISMATCH"


def priced(amount: int, currency: str, *, hotel_currency: str, field: str) -> int:
    """The amount, in smallest units of the hotel's currency.

    Raises CurrencyMismatch for another currency, and InvalidField for less than nothing, or more than anybody has.
    `field` is the price's path.
    """
    if currency != hotel_currency:
        raise CurrencyMismatch(field, f"is in {currency}, and the prices of this hotel are in {hotel_currency}")
    if amount < 0:
        raise InvalidField(field, "must not be negative")
    if amount > LARGEST:
        raise InvalidField(field, f"must be at most {LARGEST} of the currency's smallest unit")
    return amount
