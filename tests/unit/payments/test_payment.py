"""A payment takes the ways that its table allows, and gives back what it took."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.refusal import InvalidField
from services.payments.payment import TRANSITIONS, PaymentStateConflict, RefundTooLarge, State
from tests.unit.payments.examples import LATER, payment


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_it_takes_the_ways_of_the_table(before: State, after: State) -> None:
    if after in TRANSITIONS[before]:
        moved = payment(before).moved(after, LATER)
        assert (moved.state, moved.update_time) == (after, LATER)
    else:
        with pytest.raises(PaymentStateConflict) as refusal:
            payment(before).moved(after, LATER)
        assert refusal.value.metadata == {"state": before}


def test_every_state_can_be_reached_from_the_first() -> None:
    reached = {State.UNKNOWN}
    for _ in State:
        reached |= {after for before in reached for after in TRANSITIONS[before]}
    assert reached == set(State)


def test_a_refused_card_leaves_the_banks_own_words() -> None:
    declined = payment(State.UNKNOWN).declined("insufficient_funds", LATER)
    assert (declined.state, declined.decline_code) == (State.DECLINED, "insufficient_funds")


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**9), max_size=8))
def test_never_more_is_given_back_than_was_taken(amount: int, refunds: list[int]) -> None:
    current = payment(amount=amount)
    for refund in refunds:
        fits = refund <= current.left
        try:
            current = current.refunded_by(refund, LATER)
        except RefundTooLarge:
            assert not fits
        else:
            assert fits
        assert 0 <= current.refunded <= amount
        assert current.left + current.refunded == amount


def test_it_is_given_back_in_its_own_currency() -> None:
    with pytest.raises(InvalidField, match="EUR"):
        payment().check_has_left(1, "USD")
