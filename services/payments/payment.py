"""A payment: an amount on its way between a guest and us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from chassis.refusal import InvalidField, Refusal


class State(StrEnum):
    """How far a payment has come; the names are the contract's."""

    UNKNOWN = "UNKNOWN"
    AUTHORISED = "AUTHORISED"
    CAPTURED = "CAPTURED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"


TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.UNKNOWN: frozenset({State.AUTHORISED, State.DECLINED}),
        State.AUTHORISED: frozenset({State.CAPTURED, State.VOIDED, State.EXPIRED}),
        State.CAPTURED: frozenset({State.REFUNDED}),
        State.REFUNDED: frozenset({State.REFUNDED}),
        State.VOIDED: frozenset(),
        State.DECLINED: frozenset(),
        State.EXPIRED: frozenset(),
    }
)
"""Where each state may lead. A refunded payment is refunded further until nothing is left of it."""


class PaymentStateConflict(Refusal):
    """The payment's state does not lead there."""

    reason = "PAYMENT_STATE_CONFLICT"


class RefundTooLarge(Refusal):
    """More was to be given back than is left."""

    reason = "REFUND_TOO_LARGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An amount, in the currency's smallest unit, and what became of it. A change gives a new value.

    `transaction` is the bank's own name for it, empty until the bank has agreed.
    """

    name: str
    state: State
    user: str
    subject: str
    amount: int
    currency: str
    refunded: int = 0
    transaction: str = ""
    decline_code: str = ""
    create_time: datetime
    update_time: datetime

    @classmethod
    def begin(cls, name: str, *, user: str, subject: str, amount: int, currency: str, now: datetime) -> Payment:
        """A payment that the bank is about to be asked for."""
        return cls(
            name=name,
            state=State.UNKNOWN,
            user=user,
            subject=subject,
            amount=amount,
            currency=currency,
            create_time=now,
            update_time=now,
        )

    @property
    def left(self) -> int:
        """What has not been given back."""
        return self.amount - self.refunded

    def check_leads_to(self, state: State) -> None:
        """Raises PaymentStateConflict where the payment cannot come into that state from its own."""
        if state not in TRANSITIONS[self.state]:
            raise PaymentStateConflict(f"{self.name} is {self.state}: it cannot be {state}", state=self.state)

    def check_has_left(self, amount: int, currency: str) -> None:
        """Raises RefundTooLarge, InvalidField where that much cannot be given back."""
        if currency != self.currency:
            raise InvalidField("amount.currency_code", f"must be that of the payment, {self.currency}")
        if not 0 < amount <= self.left:
            raise RefundTooLarge(f"{self.left} of {self.name} is left, in the smallest unit of {self.currency}")

    def authorised(self, transaction: str, now: datetime) -> Payment:
        """The bank keeps the amount ready, under its own name for it."""
        return replace(self.moved(State.AUTHORISED, now), transaction=transaction)

    def declined(self, code: str, now: datetime) -> Payment:
        """The bank refused, in its own words."""
        return replace(self.moved(State.DECLINED, now), decline_code=code)

    def refunded_by(self, amount: int, now: datetime) -> Payment:
        """That much was given back. Raises PaymentStateConflict, RefundTooLarge."""
        self.check_has_left(amount, self.currency)
        return replace(self.moved(State.REFUNDED, now), refunded=self.refunded + amount)

    def moved(self, state: State, now: datetime) -> Payment:
        """Come into another state and nothing else changed. Raises PaymentStateConflict."""
        self.check_leads_to(state)
        return replace(self, state=state, update_time=now)
