"""The books: double entry, kept in the currencies' smallest units, and never changed once written.

Only money that moved is entered. An amount that is kept ready is a promise, not money: it has a payment and no entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.payments.operation import Kind, Operation
from services.payments.payment import Payment


class Account(StrEnum):
    """Where money is, and to whom it is owed. The names are the contract's account names."""

    BANK = "bank"
    """What the bank holds for us: an asset."""

    HOTEL_PAYABLES = "hotel_payables"
    """What we took for stays and owe to the hotels: a liability."""


@dataclass(frozen=True, slots=True)
class Posting:
    """The change of one account: positive is a debit, negative a credit."""

    account: Account
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An amount that moved from the account `credit` to the account `debit`.

    It has one amount for both sides, so that it cannot be out of balance. `operation` is the key of what the bank did:
    there is one entry for each. `number` is 0 until the entry is written.
    """

    number: int = 0
    payment: str
    operation: str
    description: str
    enter_time: datetime
    debit: Account
    credit: Account
    amount: int
    currency: str

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError("an entry is of more than nothing")
        if self.debit is self.credit:
            raise ValueError("an entry is between two accounts")

    @property
    def postings(self) -> tuple[Posting, Posting]:
        """The changes of its accounts, which add up to nothing."""
        return Posting(self.debit, self.amount), Posting(self.credit, -self.amount)


def entry_for(operation: Operation, payment: Payment, now: datetime) -> Entry | None:
    """What the books say of an operation that the bank has done; None where no money moved."""
    match operation.kind:
        case Kind.CAPTURE:
            debit, credit = Account.BANK, Account.HOTEL_PAYABLES
        case Kind.REFUND:
            debit, credit = Account.HOTEL_PAYABLES, Account.BANK
        case _:
            return None
    return Entry(
        payment=payment.name,
        operation=operation.key,
        description=operation.kind.lower(),
        enter_time=now,
        debit=debit,
        credit=credit,
        amount=operation.amount,
        currency=payment.currency,
    )
