"""A payment and an operation to try the rules on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.payments.operation import Kind, Operation, Status, key_of
from services.payments.payment import Payment, State

BEGUN = datetime(2027, 5, 1, 12, tzinfo=UTC)
LATER = BEGUN + timedelta(minutes=1)


def payment(state: State = State.CAPTURED, *, name: str = "p", amount: int = 10_000, refunded: int = 0) -> Payment:
    """A payment of 100 EUR in that state."""
    begun = Payment.begin(
        f"payments/{name}", user="users/ada", subject="bookings/b", amount=amount, currency="EUR", now=BEGUN
    )
    return replace(begun, state=state, refunded=refunded)


def operation(
    kind: Kind, *, name: str = "p", status: Status = Status.PENDING, refusal: str = "", amount: int = 10_000
) -> Operation:
    """What the bank is asked to do with that payment, due at once."""
    return Operation(
        key=key_of(f"payments/{name}", kind),
        payment=f"payments/{name}",
        kind=kind,
        amount=amount,
        card_token="tok_success" if kind is Kind.AUTHORISE else "",
        status=status,
        refusal=refusal,
        next_attempt_time=BEGUN,
    )
