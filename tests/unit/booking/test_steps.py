"""Which step follows which."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.booking import Booking, Payment, PaymentState, State
from services.booking.steps import (
    AFTER_CANCEL,
    LONGEST_PAUSE,
    PATIENCE,
    TURNS,
    Progress,
    Step,
    advance,
    first_step,
    request_id,
)
from tests.unit.booking.examples import NOW, booking, payment

P, B, S = PaymentState, State, Step
LATER = NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("step", "booked", "paid", "turns_out", "becomes", "then"),
    [
        pytest.param(S.AUTHORISE, B.PENDING, P.NONE, P.AUTHORISED, B.PENDING, S.CONFIRM, id="authorised"),
        pytest.param(S.AUTHORISE, B.PENDING, P.UNKNOWN, P.AUTHORISED, B.PENDING, S.CONFIRM, id="authorised at last"),
        pytest.param(S.AUTHORISE, B.PENDING, P.NONE, P.DECLINED, B.FAILED, S.DONE, id="declined"),
        pytest.param(S.AUTHORISE, B.PENDING, P.UNKNOWN, P.EXPIRED, B.FAILED, S.DONE, id="lapsed before we heard of it"),
        pytest.param(S.CONFIRM, B.PENDING, P.AUTHORISED, P.AUTHORISED, B.CONFIRMED, S.CAPTURE, id="confirmed"),
        pytest.param(S.CONFIRM, B.PENDING, P.NONE, P.NONE, B.CONFIRMED, S.DONE, id="nothing to pay"),
        pytest.param(S.CAPTURE, B.CONFIRMED, P.AUTHORISED, P.CAPTURED, B.CONFIRMED, S.DONE, id="captured"),
        pytest.param(S.CAPTURE, B.CONFIRMED, P.AUTHORISED, P.EXPIRED, B.CANCELLED, S.DONE, id="lapsed before capture"),
        pytest.param(S.CAPTURE, B.CONFIRMED, P.AUTHORISED, P.AUTHORISED, B.CANCELLED, S.VOID, id="capture refused"),
        pytest.param(S.VOID, B.CANCELLED, P.AUTHORISED, P.VOIDED, B.CANCELLED, S.DONE, id="voided"),
        pytest.param(S.VOID, B.CANCELLED, P.AUTHORISED, P.CAPTURED, B.CANCELLED, S.REFUND, id="captured after all"),
        pytest.param(S.VOID, B.EXPIRED, P.UNKNOWN, P.AUTHORISED, B.EXPIRED, S.VOID, id="authorised after giving up"),
        pytest.param(S.VOID, B.EXPIRED, P.UNKNOWN, P.DECLINED, B.EXPIRED, S.DONE, id="declined after giving up"),
        pytest.param(S.REFUND, B.CANCELLED, P.CAPTURED, P.REFUNDED, B.CANCELLED, S.DONE, id="refunded"),
    ],
)
def test_where_an_answer_leads(step: Step, booked: State, paid: P, turns_out: P, becomes: State, then: Step) -> None:
    after, progress = advance(booking(booked, paid), Progress(step=step, card_token="tok"), payment(turns_out), LATER)
    assert (after.state, after.payment.state, progress.step) == (becomes, turns_out, then)
    assert progress.attempts == 0
    assert progress.card_token == ""


@pytest.mark.parametrize(
    ("step", "booked", "paid", "known"),
    [
        pytest.param(S.AUTHORISE, B.PENDING, P.NONE, P.UNKNOWN, id="authorise"),
        pytest.param(S.CAPTURE, B.CONFIRMED, P.AUTHORISED, P.AUTHORISED, id="capture"),
        pytest.param(S.VOID, B.CANCELLED, P.AUTHORISED, P.AUTHORISED, id="void"),
        pytest.param(S.REFUND, B.CANCELLED, P.CAPTURED, P.CAPTURED, id="refund"),
    ],
)
@pytest.mark.parametrize("answer", [None, payment(P.UNKNOWN)], ids=["nobody answers", "the bank does not answer"])
def test_without_an_answer_the_step_is_tried_again(
    step: Step, booked: State, paid: P, known: P, answer: Payment | None
) -> None:
    after, progress = advance(booking(booked, paid), Progress(step=step, attempts=2, card_token="tok"), answer, LATER)
    assert (after.state, after.payment.state) == (booked, known)
    assert progress == Progress(step=step, attempts=3, card_token="tok")


def test_the_name_of_an_unknown_payment_is_kept() -> None:
    first, _ = advance(booking(), Progress(step=S.AUTHORISE), payment(P.UNKNOWN), LATER)
    second, _ = advance(first, Progress(step=S.AUTHORISE), None, LATER)
    assert second.payment == payment(P.UNKNOWN)


def test_a_bank_that_refuses_to_void_is_not_asked_without_end() -> None:
    held = booking(B.CANCELLED, P.AUTHORISED)
    _, progress = advance(held, Progress(step=S.VOID), payment(P.AUTHORISED), LATER)
    assert (progress.step, progress.attempts) == (S.VOID, 1)


@pytest.mark.parametrize(
    ("waited", "becomes", "then"),
    [
        pytest.param(PATIENCE, B.PENDING, S.AUTHORISE, id="a day"),
        pytest.param(PATIENCE + timedelta(seconds=1), B.EXPIRED, S.VOID, id="more than a day"),
    ],
)
def test_nobody_waits_for_a_bank_for_ever(waited: timedelta, becomes: State, then: Step) -> None:
    start = booking(B.PENDING, P.UNKNOWN)
    after, progress = advance(start, Progress(step=S.AUTHORISE, attempts=1400, card_token="tok"), None, NOW + waited)
    assert (after.state, progress.step, progress.card_token) == (becomes, then, "tok")


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 0), (1, 1), (2, 2), (3, 4), (7, LONGEST_PAUSE), (100_000, LONGEST_PAUSE)]
)
def test_pauses_grow_up_to_a_limit(attempts: int, seconds: float) -> None:
    assert Progress(step=S.AUTHORISE, attempts=attempts).pause == seconds


def test_a_bank_is_asked_for_money_only() -> None:
    assert first_step(booking()) is S.AUTHORISE
    assert first_step(booking(total=0)) is S.CONFIRM


def test_each_command_of_a_booking_has_a_key_of_its_own() -> None:
    keys = {request_id(name, verb) for name in ("bookings/a", "bookings/b") for verb in ("authorise", "capture")}
    assert len(keys) == 4
    assert all(uuid.UUID(key) for key in keys)
    assert request_id("bookings/a", "capture") == request_id("bookings/a", "capture")


def test_whoever_cancels_gets_the_money_back_however_far_it_is() -> None:
    # A booking is confirmed once its payment is authorised, or there is nothing to pay; a lapsed payment cancels it.
    confirmed = {paid for paid, turn in TURNS[S.CONFIRM].items() if turn.state is B.CONFIRMED}
    assert set(AFTER_CANCEL) == confirmed


class Bank:
    """What a payments service may say: nothing, or what the payment really is by now."""

    def __init__(self, draw: st.DataObject, will_pay: bool) -> None:
        self._draw = draw
        self._will_pay = will_pay
        self.state = P.NONE

    def ask(self, step: Step, known: Payment) -> Payment | None:
        """Does the step, then answers or not."""
        if step is S.CONFIRM:
            return known
        self.state = self._after(step, known)
        return self._draw.draw(st.sampled_from([None, payment(self.state), payment(P.UNKNOWN)]))

    def _after(self, step: Step, known: Payment) -> P:
        match step, self.state:
            case S.AUTHORISE | S.VOID, P.NONE if not known.is_known:
                return P.AUTHORISED if self._will_pay else P.DECLINED
            case S.CAPTURE, P.AUTHORISED:
                return self._draw.draw(st.sampled_from([P.CAPTURED, P.EXPIRED]))
            case S.VOID, P.AUTHORISED if known.is_known:
                return P.VOIDED
            case S.REFUND, P.CAPTURED:
                return P.REFUNDED
        return self.state


@given(st.data(), st.booleans())
def test_whatever_is_lost_on_the_way_nobody_is_charged_without_a_room(draw: st.DataObject, will_pay: bool) -> None:
    """Answers get lost, the guest may cancel at any time, hours may pass: in the end money and room go together."""
    bank, now = Bank(draw, will_pay), NOW
    current: Booking = booking()
    progress = Progress(step=first_step(current), card_token="tok")
    for turn in range(60):
        if progress.step is S.DONE:
            break
        asked, known = progress.step, current.payment
        answer = bank.ask(asked, known) if turn < 40 else None
        if turn >= 40:  # from some time on the bank answers
            bank.ask(asked, known)
            answer = known if asked is S.CONFIRM else payment(bank.state)
        if current.state is B.CONFIRMED and draw.draw(st.booleans()):  # while the answer is on its way
            progress = Progress(step=AFTER_CANCEL[current.payment.state])
            current = current.cancel(now)
        if progress.step is asked:
            current, progress = advance(current, progress, answer, now)
        now += timedelta(hours=draw.draw(st.sampled_from([0, 3, 30])) if current.state is B.PENDING else 0)
    assert progress.step is S.DONE
    assert current.has_room == (bank.state is P.CAPTURED)
    assert current.payment.state is bank.state
    assert current.state is not B.PENDING
    assert progress == Progress(step=S.DONE)
