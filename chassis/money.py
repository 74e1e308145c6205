"""Between google.type.Money and whole numbers of a currency's smallest unit (ISO 4217)."""

from __future__ import annotations

from functools import cache

from google.type.money_pb2 import Money

NANOS = 1_000_000_000
LARGEST = 2**63 - 1
"""How much of the smallest unit a database column holds."""


@cache
def exponent(currency_code: str) -> int:
    """How many decimal places the currency has: 2 for EUR, 0 for JPY.

    Raises ValueError for a code that ISO 4217 does not list, or that names no money (gold, test codes).
    """
    from iso4217 import Currency  # only where there is money: the list of currencies is kept in XML

    places = Currency(currency_code).exponent
    if places is None:
        raise ValueError(f"{currency_code} is no currency to pay in")
    return int(places)


def to_minor(money: Money) -> int:
    """The amount in smallest units: 12.34 EUR is 1234. Raises ValueError for an unknown currency or a broken amount."""
    unit = NANOS // 10 ** exponent(money.currency_code)
    if abs(money.nanos) >= NANOS or money.units * money.nanos < 0:
        raise ValueError("units and nanos must have the same sign, and nanos be less than a whole unit")
    whole, rest = divmod(int(money.units) * NANOS + int(money.nanos), unit)
    if rest:
        raise ValueError(f"{money.currency_code} has {exponent(money.currency_code)} decimal places")
    if abs(whole) > LARGEST:
        raise ValueError("the amount is too large")
    return int(whole)


def from_minor(amount: int, currency_code: str) -> Money:
    """The contract's form of an amount in smallest units."""
    sign = -1 if amount < 0 else 1
    units, rest = divmod(abs(amount), 10 ** exponent(currency_code))
    return Money(
        currency_code=currency_code, units=sign * units, nanos=sign * rest * (NANOS // 10 ** exponent(currency_code))
    )
