"""An operation knows what it asks for, what an answer makes of the payment, and when to ask again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.refusal import Refusal
from services.payments.operation import (
    FIRST_WAIT,
    LONGEST_WAIT,
    Agreed,
    Answer,
    BankUnavailable,
    Kind,
    Operation,
    Refused,
    Status,
    key_of,
    wait_after,
)
from services.payments.payment import PaymentStateConflict, RefundTooLarge, State
from tests.unit.payments.examples import BEGUN, LATER, operation, payment

DONE = Agreed("transactions/t")


@pytest.mark.parametrize(
    ("kind", "before", "answer", "after"),
    [
        (Kind.AUTHORISE, State.UNKNOWN, DONE, State.AUTHORISED),
        (Kind.AUTHORISE, State.UNKNOWN, Refused("do_not_honor"), State.DECLINED),
        (Kind.CAPTURE, State.AUTHORISED, DONE, State.CAPTURED),
        (Kind.CAPTURE, State.AUTHORISED, Refused("TRANSACTION_STATE_CONFLICT", let_go=True), State.EXPIRED),
        (Kind.CAPTURE, State.AUTHORISED, Refused("TRANSACTION_STATE_CONFLICT"), State.AUTHORISED),
        (Kind.VOID, State.AUTHORISED, DONE, State.VOIDED),
        (Kind.VOID, State.AUTHORISED, Refused("TRANSACTION_STATE_CONFLICT", let_go=True), State.EXPIRED),
        (Kind.EXPIRE, State.AUTHORISED, DONE, State.EXPIRED),
        (Kind.EXPIRE, State.AUTHORISED, Refused("RESOURCE_NOT_FOUND", let_go=True), State.EXPIRED),
        (Kind.REFUND, State.CAPTURED, DONE, State.REFUNDED),
        (Kind.REFUND, State.CAPTURED, Refused("AMOUNT_TOO_LARGE"), State.CAPTURED),
        (Kind.REFUND, State.CAPTURED, Refused("RESOURCE_NOT_FOUND", let_go=True), State.CAPTURED),
    ],
)
def test_what_an_answer_makes_of_the_payment(kind: Kind, before: State, answer: Answer, after: State) -> None:
    assert operation(kind).concluded(payment(before), answer, LATER).state is after


@pytest.mark.parametrize("kind", [Kind.CAPTURE, Kind.VOID, Kind.EXPIRE, Kind.REFUND])
@pytest.mark.parametrize("state", [State.UNKNOWN, State.DECLINED, State.VOIDED, State.EXPIRED])
def test_nothing_is_ordered_that_the_state_does_not_allow(kind: Kind, state: State) -> None:
    with pytest.raises(PaymentStateConflict):
        Operation.ordered(payment(state), kind, "key", None, LATER)


@pytest.mark.parametrize(
    ("asked", "ordered"), [(None, 6_000), ((1, "EUR"), 1), ((6_000, "EUR"), 6_000)], ids=["rest", "part", "all"]
)
def test_a_refund_is_of_what_was_asked_or_of_the_rest(asked: tuple[int, str] | None, ordered: int) -> None:
    partly = payment(State.REFUNDED, refunded=4_000)
    assert Operation.ordered(partly, Kind.REFUND, "key", asked, LATER).amount == ordered


@pytest.mark.parametrize("asked", [(6_001, "EUR"), (10_000, "EUR")])
def test_a_refund_is_of_no_more_than_is_left(asked: tuple[int, str]) -> None:
    with pytest.raises(RefundTooLarge):
        Operation.ordered(payment(State.REFUNDED, refunded=4_000), Kind.REFUND, "key", asked, LATER)


def test_nothing_is_left_to_refund_after_the_whole() -> None:
    with pytest.raises(RefundTooLarge):
        Operation.ordered(payment(State.REFUNDED, refunded=10_000), Kind.REFUND, "key", None, LATER)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (operation(Kind.CAPTURE), BankUnavailable),
        (operation(Kind.REFUND, status=Status.REFUSED, refusal="AMOUNT_TOO_LARGE"), RefundTooLarge),
        (operation(Kind.VOID, status=Status.REFUSED, refusal="TRANSACTION_STATE_CONFLICT"), PaymentStateConflict),
    ],
)
def test_what_the_caller_is_told_of_what_was_not_done(asked: Operation, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        asked.check_done(payment())


def test_what_was_done_raises_nothing() -> None:
    operation(Kind.CAPTURE, status=Status.DONE).check_done(payment())


def test_a_key_is_the_same_at_every_attempt_and_another_for_anything_else() -> None:
    def keys(request_id: str) -> list[str]:
        return [key_of(name, kind, request_id) for name in ("payments/p", "payments/q") for kind in Kind]

    first, second = keys("r1"), keys("r2")
    assert keys("r1") == first
    assert len(set(first)) == len(first)
    assert [a == b for a, b in zip(first, second, strict=True)] == [kind is not Kind.REFUND for kind in [*Kind] * 2]


def test_the_bank_is_asked_ever_more_rarely() -> None:
    waits = [wait_after(attempts) for attempts in range(1, 2000)]
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
    assert sum(waits[:10], timedelta()) < timedelta(hours=1)


def test_the_card_does_not_show_in_logs() -> None:
    intent = Operation.authorising(payment(State.UNKNOWN), "tok_success", BEGUN)
    assert "tok_success" not in repr(intent)
