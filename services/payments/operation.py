"""An operation: one thing that the bank is asked to do with a payment, from the intent to the bank's answer.

The intent is stored first, the bank is asked then, the answer is stored last. Whatever happens in between, the bank is
asked again under the same key, so that it does the thing once.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from chassis.refusal import Refusal
from services.payments.payment import Payment, PaymentStateConflict, RefundTooLarge, State

FIRST_WAIT = timedelta(seconds=4)
"""Longer than the bank is given to answer a call, so that the call in hand is not overtaken."""

LONGEST_WAIT = timedelta(minutes=5)


class Kind(StrEnum):
    """What the bank is asked to do."""

    AUTHORISE = "AUTHORISE"
    CAPTURE = "CAPTURE"
    VOID = "VOID"
    EXPIRE = "EXPIRE"
    """Let an amount go that nobody took; a void at the bank."""

    REFUND = "REFUND"


OUTCOMES: Mapping[Kind, State] = MappingProxyType(
    {Kind.CAPTURE: State.CAPTURED, Kind.VOID: State.VOIDED, Kind.EXPIRE: State.EXPIRED, Kind.REFUND: State.REFUNDED}
)
"""The state into which a payment comes where the bank agrees."""


class Status(StrEnum):
    """How far an operation has come."""

    PENDING = "PENDING"
    DONE = "DONE"
    REFUSED = "REFUSED"


class BankUnavailable(Refusal):
    """The bank did not answer."""

    reason = "BANK_UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The bank did it, under its own name for the transaction."""

    transaction: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The bank did not and will not do it: its decline code, or the reason of its error.

    `let_go` says that it keeps no amount ready any more.
    """

    code: str
    let_go: bool = False


Answer = Agreed | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing for the bank to do. `amount` is in the smallest unit of the payment's currency.

    `key` is the request id that the bank knows it by. `card_token` is kept until the bank has answered, and not longer.
    """

    key: str
    payment: str
    kind: Kind
    amount: int
    card_token: str = field(default="", repr=False)
    status: Status = Status.PENDING
    refusal: str = ""
    attempts: int = 1
    next_attempt_time: datetime

    @classmethod
    def authorising(cls, payment: Payment, card_token: str, now: datetime) -> Operation:
        """The intent with which a payment begins."""
        return cls(
            key=key_of(payment.name, Kind.AUTHORISE),
            payment=payment.name,
            kind=Kind.AUTHORISE,
            amount=payment.amount,
            card_token=card_token,
            next_attempt_time=now + wait_after(1),
        )

    @classmethod
    def ordered(
        cls, payment: Payment, kind: Kind, key: str, amount: tuple[int, str] | None, now: datetime
    ) -> Operation:
        """The intent of anything later; `amount`, in the smallest unit of a currency, is what to refund if not all.

        Raises PaymentStateConflict, RefundTooLarge, InvalidField.
        """
        payment.check_leads_to(OUTCOMES[kind])
        asked, currency = amount or (payment.left, payment.currency)
        if kind is Kind.REFUND:
            payment.check_has_left(asked, currency)
        return cls(key=key, payment=payment.name, kind=kind, amount=asked, next_attempt_time=now + wait_after(1))

    def concluded(self, payment: Payment, answer: Answer, now: datetime) -> Payment:
        """What the bank's answer makes of the payment."""
        match self.kind, answer:
            case Kind.AUTHORISE, Agreed(transaction):
                return payment.authorised(transaction, now)
            case Kind.AUTHORISE, Refused(code):
                return payment.declined(code, now)
            case Kind.REFUND, Agreed():
                return payment.refunded_by(self.amount, now)
            case _, Agreed():
                return payment.moved(OUTCOMES[self.kind], now)
            case _, Refused(let_go=True) if payment.state is State.AUTHORISED:
                return payment.moved(State.EXPIRED, now)
            case _:
                return payment

    def check_answered(self) -> None:
        """Raises BankUnavailable where the bank has not answered."""
        if self.status is Status.PENDING:
            raise BankUnavailable("the bank has not answered: try again with the same request id", retry_after=1.0)

    def check_done(self, payment: Payment) -> None:
        """Raises what the caller is told of an operation that was not done: BankUnavailable, RefundTooLarge,
        PaymentStateConflict."""
        self.check_answered()
        if self.refusal == "AMOUNT_TOO_LARGE":
            raise RefundTooLarge(f"the bank has less than that left of {payment.name}")
        if self.status is Status.REFUSED:
            raise PaymentStateConflict(f"the bank refused: {self.refusal}", state=payment.state)


def key_of(payment: str, kind: Kind, request_id: str = "") -> str:
    """The bank's request id for the operation, the same at every attempt.

    A payment is authorised, captured and let go once, whatever requests ask for it; a refund is one for each request.
    """
    request = request_id.lower() if kind is Kind.REFUND else ""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{payment}/{kind}/{request}"))


def wait_after(attempts: int) -> timedelta:
    """How long to wait for the next attempt after so many: twice as long each time, up to a limit."""
    doublings = min(attempts - 1, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
