"""An instance that fails nearly everything is left out for a while, and then tried again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest

from services.registry.xds.clusters import Ejection
from tests.service.registry.xds.conftest import SOON, Backend, Call, ControlPlane, answers, calling, led_to

StartBackend = Callable[[str], Awaitable[Backend]]
MakeChannel = Callable[[str], grpc.aio.Channel]

QUICK = Ejection(every=0.2, first=0.5, longest=1.0)
EACH = 20
"""Calls of an instance, in the time between two looks, below which it is not judged."""


@pytest.fixture
def how() -> dict[str, Any]:
    return {"ejection": QUICK}


async def outcomes(call: Call, count: int) -> Counter[str]:
    """Who answered so many calls, and who failed them."""

    async def outcome() -> str:
        try:
            return (await call()).decode()
        except grpc.aio.AioRpcError as error:
            return f"{error.details()} failed"

    return Counter(await asyncio.gather(*(outcome() for _ in range(count))))


@pytest.mark.parametrize("status", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL], ids=lambda code: code.name)
async def test_an_instance_that_always_fails(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel, status: grpc.StatusCode
) -> None:
    one, two, bad = [await backend(name) for name in ("one", "two", "bad")]
    plane.route(one.instance(), two.instance(), bad.instance())
    call = calling(channel(plane.target), "Draw")  # which is not made again where it fails
    await led_to(call, {"one", "two", "bad"})
    bad.status = status
    async with asyncio.timeout(SOON):
        while (await outcomes(call, 6 * EACH))["bad failed"]:
            pass  # a round that was shared by all, or all but the one that is left out, which then had no call
    bad.status = None
    async with asyncio.timeout(SOON):
        while "bad" not in (found := await answers(call, 30)):
            assert found.keys() == {"one", "two"}
            await asyncio.sleep(0.02)
