"""A transaction: an amount on a card, kept ready, then taken or let go, and given back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from chassis.refusal import InvalidField, Refusal


class State(StrEnum):
    """How far a transaction has come; the names are the contract's."""

    AUTHORISED = "AUTHORISED"
    CAPTURED = "CAPTURED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    DECLINED = "DECLINED"


TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.AUTHORISED: frozenset({State.CAPTURED, State.VOIDED}),
        State.CAPTURED: frozenset({State.REFUNDED}),
        State.REFUNDED: frozenset({State.REFUNDED}),
        State.VOIDED: frozenset(),
        State.DECLINED: frozenset(),
    }
)
"""Where each state may lead."""


class TransactionStateConflict(Refusal):
    """The transaction's state does not lead there."""

    reason = "TRANSACTION_STATE_CONFLICT"


class AmountTooLarge(Refusal):
    """More was to be given back than is left."""

    reason = "AMOUNT_TOO_LARGE"


class BankOutOfOrder(Refusal):
    """The bank takes no calls for the moment."""

    reason = "BANK_OUT_OF_ORDER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """An amount on a card, in the currency's smallest unit. A change gives a new value.

    `test_card` is the token of a test card, which says nothing about anybody; of any other card none is kept.
    """

    name: str
    test_card: str
    state: State
    amount: int
    currency: str
    refunded: int = 0
    decline_code: str = ""
    create_time: datetime

    def captured(self) -> Transaction:
        """The whole amount taken. Raises TransactionStateConflict."""
        return self._moved(State.CAPTURED)

    def voided(self) -> Transaction:
        """The amount let go. Raises TransactionStateConflict."""
        return self._moved(State.VOIDED)

    def refunded_by(self, amount: int, currency: str) -> Transaction:
        """That much given back. Raises TransactionStateConflict, AmountTooLarge, InvalidField."""
        moved = self._moved(State.REFUNDED)
        if currency != self.currency:
            raise InvalidField("amount.currency_code", f"must be that of the transaction, {self.currency}")
        left = self.amount - self.refunded
        if amount > left:
            raise AmountTooLarge(f"{left} of {self.name} is left, in the smallest unit of {self.currency}")
        return replace(moved, refunded=self.refunded + amount)

    def _moved(self, state: State) -> Transaction:
        if state not in TRANSITIONS[self.state]:
            raise TransactionStateConflict(f"{self.name} is {self.state}: it cannot be {state}", state=self.state)
        return replace(self, state=state)
