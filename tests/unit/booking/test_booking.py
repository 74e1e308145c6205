"""What may become of a booking and of its payment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from services.booking.booking import (
    CODE_LENGTH,
    PAYMENT_STATES,
    STATES,
    UNAMBIGUOUS,
    NotCancellable,
    PaymentDeclined,
    PaymentState,
    State,
)
from tests.unit.booking.examples import NOW, booking, payment

LATER = NOW + timedelta(minutes=1)
CHECK_IN_BEGINS = datetime(2027, 4, 30, 22, tzinfo=UTC)
"""Midnight in Vienna."""


@pytest.mark.parametrize(
    ("before", "after"), [pytest.param(*pair, id=">".join(pair)) for pair in product(State, State)]
)
def test_a_booking_becomes_only_what_the_table_says(before: State, after: State) -> None:
    if after in STATES[before]:
        changed = booking(before).become(after, LATER)
        assert (changed.state, changed.update_time, changed.revision) == (after, LATER, 2)
    else:
        with pytest.raises(ValueError, match="can not become"):
            booking(before).become(after, LATER)


@pytest.mark.parametrize(
    ("before", "after"), [pytest.param(*pair, id=">".join(pair)) for pair in product(PaymentState, PaymentState)]
)
def test_a_payment_becomes_only_what_the_table_says(before: PaymentState, after: PaymentState) -> None:
    start = booking(State.CONFIRMED, before)
    if before is after:
        assert start.learn(payment(after), LATER) is start
    elif after in PAYMENT_STATES[before]:
        changed = start.learn(payment(after), LATER)
        assert (changed.payment.state, changed.update_time, changed.revision) == (after, LATER, 2)
    else:
        with pytest.raises(ValueError, match="can not become"):
            start.learn(payment(after), LATER)


def test_where_a_payment_ends() -> None:
    ends = {state for state, following in PAYMENT_STATES.items() if not following}
    assert ends == {PaymentState.REFUNDED, PaymentState.VOIDED, PaymentState.DECLINED, PaymentState.EXPIRED}


def test_more_may_be_learnt_of_a_payment_in_the_same_state() -> None:
    refunded = booking(State.CANCELLED).learn(payment(PaymentState.REFUNDED, refunded=100), LATER)
    assert refunded.learn(payment(PaymentState.REFUNDED, refunded=300), LATER).payment.refunded == 300


def test_a_booking_gets_its_code_when_it_is_confirmed() -> None:
    assert booking().confirmation_code == ""
    code = booking().become(State.CONFIRMED, LATER).confirmation_code
    assert len(code) == CODE_LENGTH == 8
    assert set(code) <= set(UNAMBIGUOUS)
    assert booking().become(State.FAILED, LATER).confirmation_code == ""


def test_a_booking_keeps_its_code() -> None:
    confirmed = booking().become(State.CONFIRMED, LATER)
    assert confirmed.cancel(LATER).confirmation_code == confirmed.confirmation_code


def test_no_letter_of_a_code_is_mixed_up_with_a_digit() -> None:
    assert not set(UNAMBIGUOUS) & set("0O1IL")
    assert len(UNAMBIGUOUS) == len(set(UNAMBIGUOUS)) == 31


@pytest.mark.parametrize("state", State)
def test_only_a_confirmed_booking_can_be_cancelled(state: State) -> None:
    if state is State.CONFIRMED:
        assert booking(state).cancel(LATER).state is State.CANCELLED
        return
    with pytest.raises(NotCancellable) as raised:
        booking(state).cancel(LATER)
    assert raised.value.metadata == {"state": state.name}
    assert raised.value.message.endswith(f"is {state.name}: only a CONFIRMED booking can be cancelled")


@pytest.mark.parametrize(
    ("now", "is_early"),
    [
        pytest.param(CHECK_IN_BEGINS - timedelta(microseconds=1), True, id="the last moment of the day before"),
        pytest.param(CHECK_IN_BEGINS, False, id="the first moment of the day"),
        pytest.param(CHECK_IN_BEGINS + timedelta(days=90), False, id="long after"),
    ],
)
def test_a_booking_can_be_cancelled_until_its_day_begins_at_the_hotel(now: datetime, is_early: bool) -> None:
    confirmed = booking(State.CONFIRMED)
    if is_early:
        assert confirmed.cancel(now).state is State.CANCELLED
        return
    with pytest.raises(NotCancellable):
        confirmed.cancel(now)


@pytest.mark.parametrize("state", State)
def test_a_booking_has_its_room_unless_it_came_to_nothing(state: State) -> None:
    assert booking(state).has_room == (state not in (State.FAILED, State.EXPIRED, State.CANCELLED))


def test_a_declined_payment_is_told_with_its_reason() -> None:
    failed = booking().learn(payment(PaymentState.DECLINED, decline_code="do_not_honor"), LATER)
    failed.check_paid()
    with pytest.raises(PaymentDeclined) as raised:
        failed.become(State.FAILED, LATER).check_paid()
    assert raised.value.metadata == {"booking": "bookings/b", "decline_code": "do_not_honor"}
