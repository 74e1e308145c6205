"""A document: what is printed, and what has to be true of it before it may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chassis.refusal import Refusal


class Kind(StrEnum):
    """The documents that there are."""

    CONFIRMATION = "confirmation"
    RECEIPT = "receipt"
    INVOICE = "invoice"


class AmountsDisagree(Refusal):
    """Amounts do not add up, or are not those of the ledger."""

    reason = "AMOUNTS_DISAGREE"


class NotConfirmed(Refusal):
    """There is nothing to confirm."""

    reason = "NOT_CONFIRMED"


class NotPaid(Refusal):
    """Nothing was paid."""

    reason = "NOT_PAID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where letters reach somebody. `region` is the country (ISO 3166-1 alpha-2)."""

    lines: Sequence[str] = ()
    postal_code: str = ""
    locality: str = ""
    area: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody whom a document names."""

    name: str
    address: Address | None = None
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class Night:
    """What one night costs, by the day on which it begins."""

    date: date
    amount: int


@dataclass(frozen=True, slots=True)
class Charge:
    """What one tax or fee makes for the stay, by what the bill calls it."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Term:
    """Until when somebody who cancels gets how much of the total back, in per cent."""

    deadline: datetime
    percent: int


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved, as the ledger has it: positive was taken, negative given back. `number` is the entry's."""

    number: int
    time: datetime
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment and its entries in the ledger, the oldest first."""

    name: str
    amount: int
    refunded: int
    movements: Sequence[Movement]

    def in_ledger(self) -> Iterator[tuple[str, int, int]]:
        """What has to be the same: where, what the payment says, and what the ledger says."""
        moved = [movement.amount for movement in self.movements]
        yield "payment.amount", self.amount, sum(amount for amount in moved if amount > 0)
        yield "payment.refunded", self.refunded, -sum(amount for amount in moved if amount < 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All that one document says. Amounts are in the smallest unit of `currency`, of which `places` decimal places are
    written. `language` is a language tag (BCP 47). `state` and `board` are the contract's names without their prefix.

    `payment` is None for a confirmation, `number`, `seller` and `buyer` count for an invoice.
    """

    kind: Kind
    language: str
    issue_time: datetime
    booking: str
    state: str
    confirmation_code: str
    hotel: Party
    time_zone: str
    room: str
    board: str
    guest: str
    guests: int
    check_in: date
    check_out: date
    nights: Sequence[Night]
    taxes: Sequence[Charge]
    total: int
    currency: str
    places: int
    terms: Sequence[Term] = ()
    payment: Payment | None = None
    number: str = ""
    seller: Party | None = None
    buyer: Party | None = None

    def check(self) -> None:
        """Raises AmountsDisagree where an amount is not the sum of its parts, or not that of the ledger."""
        self._require(
            "booking.price.total",
            self.total,
            sum(night.amount for night in self.nights) + sum(tax.amount for tax in self.taxes),
        )
        if self.payment is not None:
            for field, said, found in self.payment.in_ledger():
                self._require(field, said, found)
            self._require("payment.amount", self.payment.amount, self.total)

    def _require(self, field: str, said: int, found: int) -> None:
        if said != found:
            raise AmountsDisagree(
                f"{field} is {said}, and what it is made of comes to {found}, in the smallest unit of {self.currency}",
                field=field,
                expected=str(said),
                found=str(found),
            )
