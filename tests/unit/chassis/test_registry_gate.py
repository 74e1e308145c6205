"""Calls wait for the registry, once, and no longer than they have time."""

from __future__ import annotations

import asyncio

import grpc
import pytest

from chassis.client.interceptor import Outgoing
from chassis.client.registry_gate import RegistryGate
from tests.errors import refused
from tests.toy import contract


async def sent(request: object, outgoing: Outgoing) -> float | None:
    return outgoing.timeout


async def test_a_call_waits_until_the_registry_is_reached() -> None:
    there = asyncio.Event()
    times = 0

    async def reached() -> None:
        nonlocal times
        times += 1
        await there.wait()

    send = RegistryGate(reached).bind(contract.method("Tell"), sent)
    waiting = [asyncio.create_task(send(None, Outgoing(5.0, []))) for _ in range(3)]
    await asyncio.sleep(0.01)
    assert not any(call.done() for call in waiting)
    there.set()
    assert all(left < 5.0 for left in await asyncio.gather(*waiting)), "the wait was part of the call"
    assert await send(None, Outgoing(None, [])) is None
    assert times == 1


async def test_a_registry_that_stays_away() -> None:
    async def reached() -> None:
        await asyncio.Event().wait()

    gate = RegistryGate(reached)
    send = gate.bind(contract.method("Tell"), sent)
    async with refused(grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"):
        await send(None, Outgoing(0.02, []))
    waiting = asyncio.create_task(send(None, Outgoing(None, [])))
    await asyncio.sleep(0.01)
    await gate.close()
    with pytest.raises(grpc.aio.AioRpcError):
        await waiting
