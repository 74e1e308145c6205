"""Money that nobody can pay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from google.type.money_pb2 import Money

from tests.contract.bad_requests.spots import Change, Spot
from tests.contract.calls.declarations import rules_of

NO_CURRENCIES: Final = ("", "XXQ", "eur", "EURO", "E", "XAU", "XXX", "€", "EU\x00")
NO_AMOUNTS: Final = (
    Money(currency_code="EUR", units=1, nanos=-10_000_000),
    Money(currency_code="EUR", units=-1, nanos=10_000_000),
    Money(currency_code="EUR", units=1, nanos=1),
    Money(currency_code="EUR", units=1, nanos=5_000_000),
    Money(currency_code="EUR", units=1, nanos=1_000_000_000),
    Money(currency_code="EUR", units=1, nanos=2**31 - 1),
    Money(currency_code="JPY", units=1, nanos=500_000_000),
    Money(currency_code="EUR", units=2**63 - 1),
)
"""Signs that differ, parts of a cent, parts that are more than the whole, and more than the world has."""

ANY_CURRENCY: Final = {
    "innkeeper.bank.v1.AuthorizeRequest.amount",
    "innkeeper.payments.v1.AuthorizePaymentRequest.amount",
}
"""Amounts that begin something; all others are of something that has its currency."""


def _is_money(spot: Spot) -> bool:
    return spot.field.message_type is not None and spot.field.message_type.full_name == "google.type.Money"


def _each(spot: Spot, wrong: tuple[Money, ...]) -> Iterator[tuple[str, Change]]:
    for money in wrong if _is_money(spot) else ():
        yield str(money).replace("\n", " "), spot.becomes(money)


def no_such_currency(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """A code that ISO 4217 does not list, or that is none to pay in."""
    yield from _each(spot, tuple(Money(currency_code=code, units=40) for code in NO_CURRENCIES))


def no_such_amount(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """An amount that money.proto calls invalid, or that the currency has no coins for."""
    yield from _each(spot, NO_AMOUNTS)


def unfit_amount(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """Less than nothing; nothing, where the contract asks for more; another currency than the one there is."""
    yield from _each(spot, (Money(currency_code="EUR", units=-40), Money(currency_code="EUR", nanos=-500_000_000)))
    if any(rule.id == "amount.positive" for rule in rules_of(spot.field).cel):
        yield from _each(spot, (Money(currency_code="EUR"),))
    if spot.field.full_name not in ANY_CURRENCY:
        yield from _each(spot, (Money(currency_code="USD", units=40),))
