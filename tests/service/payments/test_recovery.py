"""What a crash, or a bank that is away, leaves behind is taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from chassis.platform import Platform
from chassis.settings import Settings
from innkeeper.payments.v1.payments_pb2 import Payment
from services.payments import store
from services.payments.operation import Kind
from services.payments.payment import State
from tests.conftest import FAST, RunningPlatform, StartPlatform, declared
from tests.identity import TestIdentity
from tests.service.payments.till import Till
from tests.unit.payments.examples import operation, payment


@pytest.mark.parametrize(
    ("kind", "state"), [(Kind.AUTHORISE, Payment.STATE_AUTHORISED), (Kind.EXPIRE, Payment.STATE_EXPIRED)]
)
async def test_an_intent_that_a_crash_left_behind(till: Till, kind: Kind, state: Payment.State) -> None:
    def leave(session: Session) -> None:
        before = State.UNKNOWN if kind is Kind.AUTHORISE else State.AUTHORISED
        store.add(session, replace(payment(before), transaction="transactions/forgotten"))
        store.order(session, operation(kind))

    await till.running.database("payments").write(leave)
    await till.comes_into(state, "payments/p")
    assert await till.count() == (kind is Kind.AUTHORISE)


@pytest.mark.parametrize("delay", [0.0, 0.001, 0.002, 0.004, 0.008, 0.016])
async def test_a_call_that_was_broken_off_anywhere(platform: StartPlatform, delay: float) -> None:
    before = Till(await platform("bank", "payments"))
    name = (await before.authorise()).name
    call = asyncio.create_task(before.capture(name))
    await asyncio.sleep(delay)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)

    after = Till(await platform("bank", "payments"))
    assert (await after.capture(name, within=None)).state == Payment.STATE_CAPTURED
    assert len(await after.entries()) == 1
    assert await after.count() == 1


async def test_a_bank_that_was_away_and_came_back(tmp_path: Path) -> None:
    scopes = frozenset({"internal", "bank.transactions", "payments.write", "payments.read"})
    identity = TestIdentity(lambda _: scopes)

    @asynccontextmanager
    async def serving(name: str, **settings: Any) -> AsyncIterator[RunningPlatform]:
        catalogue = [declared("bank"), declared("payments")]
        everything = Settings.read(**{**FAST, "data_dir": tmp_path / name, **settings})
        async with Platform.started([declared(name)], everything, catalogue=catalogue, identity=identity) as started:
            running = RunningPlatform(started, identity, scopes)
            yield running
            await running.close()

    async with serving("bank") as bank:
        address = bank.address
    async with serving("payments", addresses={"bank": address}) as payments:
        till = Till(payments)
        away = await till.stub.AuthorizePayment(till.asking("tok_success"), timeout=1.0)
        assert away.state == Payment.STATE_UNKNOWN
        async with serving("bank", port=int(address.rpartition(":")[2])):
            await till.comes_into(Payment.STATE_AUTHORISED, away.name)
