"""Taking what was authorised, letting it go, and giving it back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import grpc
import pytest
from sqlalchemy import update

from innkeeper.bank.v1 import bank_pb2
from innkeeper.payments.v1.payments_pb2 import Payment
from services.bank.store import TRANSACTIONS
from tests.errors import refused
from tests.service.payments.till import Till, euros, key

FAILED_PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
UNAVAILABLE = grpc.StatusCode.UNAVAILABLE

Order = Callable[[Till, str], Awaitable[Payment]]
CAPTURE: Order = Till.capture
VOID: Order = Till.void
REFUND: Order = Till.refund


async def captured(till: Till, card: str = "tok_success") -> str:
    payment = await till.capture((await till.authorise(card)).name)
    assert payment.state == Payment.STATE_CAPTURED
    return payment.name


async def test_what_was_taken_is_in_the_books(till: Till) -> None:
    name = await captured(till)
    [entry] = await till.entries(name)
    assert (entry.number, entry.payment, entry.description) == (1, name, "capture")
    assert {posting.account: posting.amount for posting in entry.postings} == {
        "bank": euros(100),
        "hotel_payables": euros(-100),
    }
    [transaction] = await till.transactions()
    assert transaction.state == bank_pb2.Transaction.STATE_CAPTURED


@pytest.mark.parametrize("same_request", [True, False], ids=["same request", "another request"])
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "one after the other"])
async def test_captured_twice_is_entered_once(till: Till, same_request: bool, at_once: bool) -> None:
    name, request_id = (await till.authorise()).name, key()
    orders = [till.capture(name, request_id if same_request else "") for _ in range(8 if at_once else 2)]
    payments = await asyncio.gather(*orders) if at_once else [await order for order in orders]
    assert {payment.state for payment in payments} == {Payment.STATE_CAPTURED}
    assert len(await till.entries()) == 1


async def test_voided_twice_is_voided(till: Till) -> None:
    name = (await till.authorise()).name
    for _ in range(2):
        assert (await till.void(name)).state == Payment.STATE_VOIDED
    [transaction] = await till.transactions()
    assert transaction.state == bank_pb2.Transaction.STATE_VOIDED
    assert await till.entries() == []


async def test_parts_are_given_back_until_nothing_is_left(till: Till) -> None:
    name, request_id = await captured(till), key()
    for _ in range(2):
        refunded = await till.refund(name, 60, request_id)
        assert (refunded.state, refunded.refunded) == (Payment.STATE_REFUNDED, euros(60))
    async with refused(FAILED_PRECONDITION, "REFUND_TOO_LARGE"):
        await till.refund(name, 60)
    assert (await till.refund(name)).refunded == euros(100)
    async with refused(FAILED_PRECONDITION, "REFUND_TOO_LARGE"):
        await till.refund(name)
    assert [entry.description for entry in await till.entries()] == ["capture", "refund", "refund"]
    [transaction] = await till.transactions()
    assert transaction.refunded == euros(100)


async def test_refunds_at_once_wait_for_each_other(till: Till) -> None:
    name = await captured(till)
    results = await asyncio.gather(*(till.refund(name, 30) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(result, Payment) for result in results) == 3
    assert (await till.get(name)).refunded == euros(90)
    assert len(await till.entries()) == 4


async def test_a_refund_of_more_than_was_taken(till: Till) -> None:
    name = await captured(till)
    async with refused(FAILED_PRECONDITION, "REFUND_TOO_LARGE"):
        await till.refund(name, 101)
    assert (await till.get(name)).state == Payment.STATE_CAPTURED


@pytest.mark.parametrize(
    ("card", "before", "order", "state"),
    [
        ("tok_decline", None, CAPTURE, "DECLINED"),
        ("tok_decline", None, VOID, "DECLINED"),
        ("tok_success", VOID, CAPTURE, "VOIDED"),
        ("tok_success", CAPTURE, VOID, "CAPTURED"),
        ("tok_success", None, REFUND, "AUTHORISED"),
        ("tok_success", VOID, REFUND, "VOIDED"),
    ],
)
async def test_a_state_that_does_not_lead_there(
    till: Till, card: str, before: Order | None, order: Order, state: str
) -> None:
    name = (await till.authorise(card)).name
    if before is not None:
        await before(till, name)
    async with refused(FAILED_PRECONDITION, "PAYMENT_STATE_CONFLICT") as refusal:
        await order(till, name)
    assert refusal.info.metadata == {"state": state}


@pytest.mark.parametrize("order", [CAPTURE, VOID, REFUND], ids=["capture", "void", "refund"])
async def test_a_payment_that_is_not_there(till: Till, order: Order) -> None:
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await order(till, "payments/nowhere")


@pytest.mark.parametrize("card", ["tok_timeout", "tok_fails_once"])
async def test_what_the_bank_did_not_answer_is_settled_by_a_repeat(till: Till, card: str) -> None:
    name, request_id = (await till.unknown(card)).name, key()
    await till.comes_into(Payment.STATE_AUTHORISED, name)
    async with refused(UNAVAILABLE, "BANK_UNAVAILABLE"):
        await till.capture(name, request_id)
    assert (await till.capture(name, request_id)).state == Payment.STATE_CAPTURED
    assert len(await till.entries()) == 1


async def test_what_the_bank_did_not_answer_is_finished_by_the_timer(till: Till) -> None:
    name = (await till.unknown("tok_fails_once")).name
    await till.comes_into(Payment.STATE_AUTHORISED, name)
    for order, state in ((CAPTURE, Payment.STATE_CAPTURED), (REFUND, Payment.STATE_REFUNDED)):
        async with refused(UNAVAILABLE, "BANK_UNAVAILABLE"):
            await order(till, name)
        await till.comes_into(state, name)
    assert [entry.description for entry in await till.entries()] == ["capture", "refund"]


@pytest.mark.parametrize(
    ("order", "state"), [(CAPTURE, Payment.STATE_CAPTURED), (VOID, Payment.STATE_VOIDED)], ids=["capture", "void"]
)
async def test_an_order_first_settles_what_is_not_known(till: Till, order: Order, state: Payment.State) -> None:
    name = (await till.unknown("tok_timeout")).name
    async with refused(UNAVAILABLE, "BANK_UNAVAILABLE"):
        await order(till, name)
    assert (await order(till, name)).state == state


@pytest.mark.parametrize("order", [CAPTURE, VOID], ids=["capture", "void"])
async def test_an_amount_that_the_bank_let_go_by_itself_has_expired(till: Till, order: Order) -> None:
    payment = await till.authorise()
    let_go = update(TRANSACTIONS).values(state="VOIDED")
    await till.running.database("bank").write(lambda session: session.execute(let_go) and None)
    async with refused(FAILED_PRECONDITION, "PAYMENT_STATE_CONFLICT") as refusal:
        await order(till, payment.name)
    assert refusal.info.metadata == {"state": "EXPIRED"}
    assert (await till.get(payment.name)).state == Payment.STATE_EXPIRED
    assert await till.entries() == []
