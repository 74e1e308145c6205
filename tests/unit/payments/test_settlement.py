"""Whatever was broken off is taken up again, and ends as if it had not been."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from chassis.storage.database import Database
from services.payments import store
from services.payments.expiry import LIFETIME, Expiry
from services.payments.operation import Agreed, Answer, Kind, Operation, Refused, Status, key_of, wait_after
from services.payments.payment import Payment, State
from services.payments.settlement import Settlement
from tests.unit.payments.examples import BEGUN, operation, payment

BEFORE = {
    Kind.AUTHORISE: State.UNKNOWN,
    Kind.CAPTURE: State.AUTHORISED,
    Kind.VOID: State.AUTHORISED,
    Kind.EXPIRE: State.AUTHORISED,
    Kind.REFUND: State.CAPTURED,
}
AFTER = {
    Kind.AUTHORISE: State.AUTHORISED,
    Kind.CAPTURE: State.CAPTURED,
    Kind.VOID: State.VOIDED,
    Kind.EXPIRE: State.EXPIRED,
    Kind.REFUND: State.REFUNDED,
}


class FakeBank:
    """Gives the answer that it holds, and remembers when it was asked under which key."""

    def __init__(self, answer: Answer | Exception | None = None) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.reached = asyncio.Event()

    async def ask(self, operation: Operation, payment: Payment) -> Answer | None:
        self.asked.append(operation.key)
        self.reached.set()
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Wall:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = BEGUN

    def __call__(self) -> datetime:
        return self.now


def intended(kind: Kind) -> Callable[[Session], None]:
    """What a process leaves behind that ends after the intent is stored."""

    def work(session: Session) -> None:
        store.add(session, payment(BEFORE[kind]))
        store.order(session, operation(kind))

    return work


async def state(database: Database) -> State:
    return (await database.read(lambda session: store.get(session, "payments/p"))).state


async def entries(database: Database) -> list[str]:
    found = await database.read(lambda session: store.entries(session, payment="", after=0, limit=100))
    return [entry.description for entry in found]


def settlement(database: Database, bank: FakeBank, clock: Wall) -> Settlement:
    return Settlement(database, bank, clock)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", Kind)
async def test_an_intent_without_an_answer_is_taken_up_by_the_timer(database: Database, kind: Kind) -> None:
    bank, clock = FakeBank(None), Wall()
    timer = settlement(database, bank, clock)
    await database.write(intended(kind))

    await timer.settle_due()
    await timer.settle_due()
    assert await state(database) is BEFORE[kind]
    assert len(bank.asked) == 1, "the second attempt is not due yet"

    clock.now += wait_after(2)
    bank.answer = Agreed("transactions/t")
    await timer.settle_due()
    assert await state(database) is AFTER[kind]
    assert bank.asked == [key_of("payments/p", kind)] * 2
    assert await entries(database) == ([kind.lower()] if kind in (Kind.CAPTURE, Kind.REFUND) else [])

    clock.now += timedelta(days=1)
    await timer.settle_due()
    assert len(bank.asked) == 2, "what is settled is not asked again"


@pytest.mark.parametrize("kind", Kind)
async def test_what_is_broken_off_while_the_bank_is_asked_ends_well(database: Database, kind: Kind) -> None:
    bank = FakeBank(Agreed("transactions/t"))
    step = settlement(database, bank, Wall())
    await database.write(intended(kind))

    broken_off = asyncio.create_task(step.settle(operation(kind).key))
    await bank.reached.wait()
    broken_off.cancel()
    await asyncio.gather(broken_off, return_exceptions=True)

    await step.settle_due()
    assert await state(database) is AFTER[kind]
    assert len(await entries(database)) == (kind in (Kind.CAPTURE, Kind.REFUND))


async def test_many_may_settle_at_once_and_one_answer_counts(database: Database) -> None:
    bank = FakeBank(Agreed("transactions/t"))
    step = settlement(database, bank, Wall())
    await database.write(intended(Kind.CAPTURE))
    results = await asyncio.gather(*(step.settle(operation(Kind.CAPTURE).key) for _ in range(20)))
    assert {(done.status, changed.state) for done, changed in results} == {(Status.DONE, State.CAPTURED)}
    assert await entries(database) == ["capture"]


async def test_a_refusal_enters_nothing(database: Database) -> None:
    await database.write(intended(Kind.REFUND))
    done, after = await settlement(database, FakeBank(Refused("AMOUNT_TOO_LARGE")), Wall()).settle(
        operation(Kind.REFUND).key
    )
    assert (done.status, done.refusal, after.state) == (Status.REFUSED, "AMOUNT_TOO_LARGE", State.CAPTURED)
    assert await entries(database) == []


async def test_one_that_cannot_be_settled_does_not_hold_up_the_others(database: Database) -> None:
    class Poisoned(FakeBank):
        async def ask(self, operation: Operation, payment: Payment) -> Answer | None:
            if operation.payment == "payments/0":
                raise RuntimeError("poison")
            return await super().ask(operation, payment)

    def order(session: Session) -> None:
        for name in ("0", "1", "p"):
            store.add(session, payment(State.AUTHORISED, name=name))
            store.order(session, operation(Kind.VOID, name=name))

    await database.write(order)
    with pytest.raises(ExceptionGroup, match="could not be settled"):
        await settlement(database, Poisoned(Agreed("transactions/t")), Wall()).settle_due()
    assert await state(database) is State.VOIDED


async def test_what_nobody_takes_is_let_go(database: Database) -> None:
    bank, clock = FakeBank(Agreed("transactions/t")), Wall()
    timer, expiry = settlement(database, bank, clock), Expiry(database, clock)
    kept = replace(payment(State.AUTHORISED), transaction="transactions/t")
    await database.write(lambda session: store.add(session, kept))

    clock.now = BEGUN + LIFETIME
    await expiry.expire_due()
    assert await database.read(lambda session: store.under_way(session, "payments/p")) is None

    clock.now += timedelta(seconds=1)
    await expiry.expire_due()
    await expiry.expire_due()
    clock.now += wait_after(1)
    await timer.settle_due()
    assert await state(database) is State.EXPIRED
    assert bank.asked == [key_of("payments/p", Kind.EXPIRE)]
