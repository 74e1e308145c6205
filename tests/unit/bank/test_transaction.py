"""A transaction takes the ways that its table allows, and no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from chassis.refusal import InvalidField
from services.bank.transaction import TRANSITIONS, AmountTooLarge, State, Transaction, TransactionStateConflict

CHANGES: dict[State, Callable[[Transaction], Transaction]] = {
    State.CAPTURED: Transaction.captured,
    State.VOIDED: Transaction.voided,
    State.REFUNDED: lambda transaction: transaction.refunded_by(1, "EUR"),
}


def in_state(state: State, *, refunded: int = 0) -> Transaction:
    return Transaction(
        name="transactions/t",
        test_card="tok_success",
        state=state,
        amount=10_000,
        currency="EUR",
        refunded=refunded,
        create_time=datetime(2027, 5, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", CHANGES)
def test_it_takes_the_ways_of_the_table(before: State, after: State) -> None:
    if after in TRANSITIONS[before]:
        assert CHANGES[after](in_state(before)).state is after
    else:
        with pytest.raises(TransactionStateConflict) as refusal:
            CHANGES[after](in_state(before))
        assert refusal.value.metadata == {"state": before}


def test_parts_are_given_back_until_nothing_is_left() -> None:
    part = in_state(State.CAPTURED).refunded_by(6_000, "EUR")
    assert part.refunded == 6_000
    with pytest.raises(AmountTooLarge):
        part.refunded_by(4_001, "EUR")
    whole = part.refunded_by(4_000, "EUR")
    assert whole.refunded == whole.amount
    with pytest.raises(AmountTooLarge):
        whole.refunded_by(1, "EUR")


def test_it_is_given_back_in_its_own_currency() -> None:
    with pytest.raises(InvalidField, match="EUR"):
        in_state(State.CAPTURED).refunded_by(1, "USD")
