"""The sandbox bank: what each card does, what may be done with a transaction, and that repeats change nothing."""

from __future__ import annotations

import asyncio
import time
import uuid

import grpc
import pytest
from google.type.money_pb2 import Money
from sqlalchemy import func, select

from innkeeper.bank.v1 import bank_pb2, bank_pb2_grpc
from innkeeper.bank.v1.bank_pb2 import Transaction
from services.bank.store import TRANSACTIONS
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
DEADLINE_EXCEEDED = grpc.StatusCode.DEADLINE_EXCEEDED
FAILED_PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION


def euros(units: int) -> Money:
    return Money(currency_code="EUR", units=units)


def key() -> str:
    return str(uuid.uuid4())


def authorisation(card: str = "tok_success", request_id: str = "", units: int = 100) -> bank_pb2.AuthorizeRequest:
    return bank_pb2.AuthorizeRequest(card_token=card, amount=euros(units), request_id=request_id or key())


@pytest.fixture
async def running(platform: StartPlatform) -> RunningPlatform:
    return await platform("bank")


@pytest.fixture
def bank(running: RunningPlatform) -> bank_pb2_grpc.BankServiceStub:
    """The bank as a merchant reaches it, over a socket."""
    token = running.token("clients/payments", ("internal", "bank.transactions"))
    return running.stub(bank_pb2_grpc.BankServiceStub, token=token)


async def count(running: RunningPlatform) -> int:
    query = select(func.count()).select_from(TRANSACTIONS)
    return await running.database("bank").read(lambda session: session.execute(query).scalar_one())


@pytest.mark.parametrize(
    ("card", "state", "decline_code"),
    [
        ("tok_success", Transaction.STATE_AUTHORISED, ""),
        ("tok_decline", Transaction.STATE_DECLINED, "do_not_honor"),
        ("tok_insufficient_funds", Transaction.STATE_DECLINED, "insufficient_funds"),
        ("tok_of_nobody", Transaction.STATE_DECLINED, "invalid_card"),
    ],
)
async def test_a_card_is_good_or_refused(
    bank: bank_pb2_grpc.BankServiceStub, card: str, state: Transaction.State, decline_code: str
) -> None:
    transaction = await bank.Authorize(authorisation(card))
    assert (transaction.state, transaction.decline_code) == (state, decline_code)
    assert (transaction.amount, transaction.refunded) == (euros(100), euros(0))
    assert await bank.GetTransaction(bank_pb2.GetTransactionRequest(name=transaction.name)) == transaction


async def test_a_slow_card_takes_two_seconds_once(bank: bank_pb2_grpc.BankServiceStub) -> None:
    request, begun = authorisation("tok_slow"), time.monotonic()
    first = await bank.Authorize(request)
    took = time.monotonic() - begun
    assert 2.0 <= took < 4.0
    assert await bank.Authorize(request) == first
    assert time.monotonic() - begun - took < 1.0


async def test_a_caller_that_hung_up_finds_the_effect(
    running: RunningPlatform, bank: bank_pb2_grpc.BankServiceStub
) -> None:
    request = authorisation("tok_timeout")
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await bank.Authorize(request, timeout=0.5)
    assert failed.value.code() is DEADLINE_EXCEEDED
    assert await count(running) == 1
    assert (await bank.Authorize(request, timeout=0.5)).state == Transaction.STATE_AUTHORISED
    assert await count(running) == 1


async def test_a_card_fails_once_for_each_request(
    running: RunningPlatform, bank: bank_pb2_grpc.BankServiceStub
) -> None:
    request = authorisation("tok_fails_once")
    async with refused(UNAVAILABLE, "BANK_OUT_OF_ORDER"):
        await bank.Authorize(request)
    assert await count(running) == 0
    transaction = await bank.Authorize(request)
    assert transaction.state == Transaction.STATE_AUTHORISED
    capture = bank_pb2.CaptureRequest(name=transaction.name, request_id=key())
    async with refused(UNAVAILABLE, "BANK_OUT_OF_ORDER"):
        await bank.Capture(capture)
    assert (await bank.Capture(capture)).state == Transaction.STATE_CAPTURED


async def test_a_repeat_is_answered_with_the_transaction_as_it_is_now(
    running: RunningPlatform, bank: bank_pb2_grpc.BankServiceStub
) -> None:
    request = authorisation()
    answers = await asyncio.gather(*(bank.Authorize(request) for _ in range(10)))
    assert len({answer.name for answer in answers}) == 1
    captured = await bank.Capture(bank_pb2.CaptureRequest(name=answers[0].name, request_id=key()))
    assert await bank.Authorize(request) == captured
    assert await count(running) == 1


async def test_whoever_the_merchant_calls_for_a_repeat_is_a_repeat(running: RunningPlatform) -> None:
    request = authorisation()
    for user in ("users/ada", ""):
        stub = running.inside(bank_pb2_grpc.BankServiceStub, as_service="payments", user=user)
        await stub.Authorize(request)
    assert await count(running) == 1


async def test_a_request_id_is_for_one_request(bank: bank_pb2_grpc.BankServiceStub) -> None:
    request_id = key()
    await bank.Authorize(authorisation(request_id=request_id))
    async with refused(grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED"):
        await bank.Authorize(authorisation(request_id=request_id, units=101))


async def test_parts_are_given_back_until_nothing_is_left(bank: bank_pb2_grpc.BankServiceStub) -> None:
    name = (await bank.Authorize(authorisation())).name
    await bank.Capture(bank_pb2.CaptureRequest(name=name, request_id=key()))
    request = bank_pb2.RefundRequest(name=name, amount=euros(60), request_id=key())
    for _ in range(2):
        refunded = await bank.Refund(request)
        assert (refunded.state, refunded.refunded) == (Transaction.STATE_REFUNDED, euros(60))
    async with refused(FAILED_PRECONDITION, "AMOUNT_TOO_LARGE"):
        await bank.Refund(bank_pb2.RefundRequest(name=name, amount=euros(60), request_id=key()))
    last = await bank.Refund(bank_pb2.RefundRequest(name=name, amount=euros(40), request_id=key()))
    assert last.refunded == euros(100)


async def test_an_amount_let_go_cannot_be_taken(bank: bank_pb2_grpc.BankServiceStub) -> None:
    name = (await bank.Authorize(authorisation())).name
    assert (await bank.Void(bank_pb2.VoidRequest(name=name, request_id=key()))).state == Transaction.STATE_VOIDED
    async with refused(FAILED_PRECONDITION, "TRANSACTION_STATE_CONFLICT") as refusal:
        await bank.Capture(bank_pb2.CaptureRequest(name=name, request_id=key()))
    assert refusal.info.metadata == {"state": "VOIDED"}


async def test_a_transaction_that_is_not_there(bank: bank_pb2_grpc.BankServiceStub) -> None:
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await bank.Capture(bank_pb2.CaptureRequest(name="transactions/none", request_id=key()))
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await bank.GetTransaction(bank_pb2.GetTransactionRequest(name="transactions/none"))
