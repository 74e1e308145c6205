"""Whatever is ordered in whatever order: the books balance, agree with the payments, and agree with the bank."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable
from functools import partial

import grpc
import pytest

from chassis.errors import reason_of
from chassis.events.outbox import shown
from chassis.money import to_minor
from innkeeper.bank.v1.bank_pb2 import Transaction
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.payments.v1 import payment_events_pb2, payments_pb2
from innkeeper.payments.v1.payments_pb2 import Payment
from tests.service.payments.till import Till, key

EXPECTED = {"PAYMENT_STATE_CONFLICT", "REFUND_TOO_LARGE", "BANK_UNAVAILABLE"}
CARDS = ("tok_success", "tok_success", "tok_success", "tok_fails_once", "tok_decline")


async def step(till: Till, chance: random.Random, made: dict[str, payments_pb2.AuthorizePaymentRequest]) -> None:
    """One order at random; one in four is given twice at once."""
    if not made or chance.random() < 0.2:
        request = till.asking(chance.choice(CARDS), units=chance.randint(1, 50))
        made[(await till.stub.AuthorizePayment(request)).name] = request
        return
    name, request_id, times = chance.choice([*made]), key(), 2 if chance.random() < 0.25 else 1
    part = chance.randint(1, 30) if chance.random() < 0.8 else None
    orders = {
        partial(till.stub.AuthorizePayment, made[name]): 1,
        partial(till.capture, name, request_id): 4,
        partial(till.void, name, request_id): 1,
        partial(till.refund, name, part, request_id): 5,
    }
    [order] = chance.choices([*orders], weights=[*orders.values()])
    await all_as_expected(*(order() for _ in range(times)))


async def all_as_expected(*orders: Awaitable[Payment]) -> None:
    """Gives the orders at once; each is carried out or refused for a reason of the contract."""
    for result in await asyncio.gather(*orders, return_exceptions=True):
        if isinstance(result, BaseException):
            assert isinstance(result, grpc.aio.AioRpcError)
            assert reason_of(result) in EXPECTED


@pytest.mark.parametrize("seed", range(6))
async def test_the_books_balance_after_any_orders(till: Till, seed: int) -> None:
    chance = random.Random(seed)
    made: dict[str, payments_pb2.AuthorizePaymentRequest] = {}
    for _ in range(60):
        await step(till, chance, made)
    for name, request in made.items():  # every card answers the second call, and an order settles what is pending
        await till.stub.AuthorizePayment(request)
        await all_as_expected(till.capture(name))
        await all_as_expected(till.void(name))
    payments = [await till.get(name) for name in made]
    assert not {payment.state for payment in payments} & {Payment.STATE_UNKNOWN, Payment.STATE_AUTHORISED}

    balances: Counter[str] = Counter()
    moved: Counter[str] = Counter()
    for entry in await till.entries():
        assert sum(to_minor(posting.amount) for posting in entry.postings) == 0
        for posting in entry.postings:
            balances[posting.account] += to_minor(posting.amount)
        moved[entry.payment] += to_minor(next(p.amount for p in entry.postings if p.account == "bank"))
    assert balances["bank"] + balances["hotel_payables"] == 0

    taken = (Payment.STATE_CAPTURED, Payment.STATE_REFUNDED)
    for payment in payments:
        kept = to_minor(payment.amount) - to_minor(payment.refunded) if payment.state in taken else 0
        assert moved[payment.name] == kept, payment

    transactions = await till.transactions()
    assert len(transactions) == len(made)
    at_the_bank = sum(
        to_minor(transaction.amount) - to_minor(transaction.refunded)
        for transaction in transactions
        if transaction.state in (Transaction.STATE_CAPTURED, Transaction.STATE_REFUNDED)
    )
    assert balances["bank"] == at_the_bank


async def test_each_state_is_announced_once(till: Till) -> None:
    name = (await till.authorise()).name
    await till.capture(name)
    await till.capture(name)
    await till.refund(name, 40)
    await till.refund(name)

    events = await till.running.database("payments").read(lambda session: shown(session, "payments", 0, 100))
    assert {event.aggregate for event in events} == {name}
    assert [announced(event) for event in events] == [
        (Payment.STATE_UNKNOWN, 0),
        (Payment.STATE_AUTHORISED, 0),
        (Payment.STATE_CAPTURED, 0),
        (Payment.STATE_REFUNDED, 40),
        (Payment.STATE_REFUNDED, 100),
    ]


def announced(event: Event) -> tuple[Payment.State, int]:
    """The state and the refunded euros that an event tells of."""
    changed = payment_events_pb2.PaymentChanged()
    assert event.payload.Unpack(changed)
    return changed.payment.state, changed.payment.refunded.units
