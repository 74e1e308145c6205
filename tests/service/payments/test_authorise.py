"""Authorising: what each card comes to, and that a repeat keeps no second amount ready."""

from __future__ import annotations

import asyncio
import time

import grpc
import pytest
from sqlalchemy import select

from innkeeper.payments.v1.payments_pb2 import Payment
from services.payments.tables import OPERATIONS
from tests.errors import refused
from tests.service.payments.till import Till, euros, key

UNKNOWN, AUTHORISED, DECLINED = Payment.STATE_UNKNOWN, Payment.STATE_AUTHORISED, Payment.STATE_DECLINED


@pytest.mark.parametrize(
    ("card", "state", "decline_code"),
    [
        ("tok_success", AUTHORISED, ""),
        ("tok_slow", AUTHORISED, ""),
        ("tok_decline", DECLINED, "do_not_honor"),
        ("tok_insufficient_funds", DECLINED, "insufficient_funds"),
        ("tok_of_nobody", DECLINED, "invalid_card"),
    ],
)
async def test_a_card_is_good_or_refused(till: Till, card: str, state: Payment.State, decline_code: str) -> None:
    payment = await till.authorise(card)
    assert (payment.state, payment.decline_code) == (state, decline_code)
    assert (payment.user, payment.subject) == ("users/ada", "bookings/b1")
    assert (payment.amount, payment.refunded) == (euros(100), euros(0))
    assert await till.get(payment.name) == payment
    assert await till.entries() == [], "what is kept ready is not money"


@pytest.mark.parametrize("card", ["tok_timeout", "tok_fails_once"])
async def test_what_the_bank_did_not_answer_is_settled_by_a_repeat(till: Till, card: str) -> None:
    request = till.asking(card)
    first = await till.stub.AuthorizePayment(request, timeout=1.0)
    assert first.state == UNKNOWN
    again = await till.stub.AuthorizePayment(request)
    assert (again.name, again.state) == (first.name, AUTHORISED)
    assert await till.count() == 1


@pytest.mark.parametrize("card", ["tok_timeout", "tok_fails_once"])
async def test_what_the_bank_did_not_answer_is_settled_by_the_timer(till: Till, card: str) -> None:
    await till.comes_into(AUTHORISED, (await till.unknown(card)).name)
    assert await till.count() == 1


async def test_the_bank_is_given_three_seconds(till: Till) -> None:
    begun = time.monotonic()
    assert (await till.authorise("tok_timeout")).state == UNKNOWN
    assert 3.0 <= time.monotonic() - begun < 5.0


async def test_twenty_at_once_are_one_payment_and_one_transaction(till: Till) -> None:
    request = till.asking("tok_success")
    payments = await asyncio.gather(*(till.stub.AuthorizePayment(request) for _ in range(20)))
    assert {(payment.name, payment.state) for payment in payments} == {(payments[0].name, AUTHORISED)}
    assert await till.count() == 1


async def test_a_repeat_is_one_whoever_it_is_made_for(till: Till) -> None:
    request = till.asking("tok_success")
    first = await till.stub.AuthorizePayment(request)
    by_itself = Till(till.running, user="")
    assert await by_itself.stub.AuthorizePayment(request) == first
    assert await till.count() == 1


async def test_a_request_id_is_for_one_request(till: Till) -> None:
    request_id = key()
    await till.stub.AuthorizePayment(till.asking("tok_success", request_id=request_id))
    async with refused(grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED"):
        await till.stub.AuthorizePayment(till.asking("tok_success", request_id=request_id, units=101))


async def test_the_card_is_kept_only_until_the_bank_has_answered(till: Till) -> None:
    async def cards() -> list[str]:
        query = select(OPERATIONS.c.card_token)
        return [*await till.running.database("payments").read(lambda session: session.execute(query).scalars().all())]

    request = till.asking("tok_fails_once")
    await till.stub.AuthorizePayment(request)
    assert await cards() == ["tok_fails_once"]
    await till.stub.AuthorizePayment(request)
    assert await cards() == [""]
