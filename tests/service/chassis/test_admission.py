"""A process takes as many calls at a time as it was told to, and says to the next when to come back."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo

from chassis.errors import status_of
from chassis.service import Kit
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.service import Toy, toy, until

LIMIT = 3


class Door:
    """Lets calls come in and wait until it is opened."""

    def __init__(self) -> None:
        self.waiting = 0
        self.open = asyncio.Event()

    async def tell(self, request: Any) -> Any:
        self.waiting += 1
        await self.open.wait()
        return told("in")


async def test_the_first_beyond_the_limit_is_told_when_to_come_back(toys: StartPlatform) -> None:
    door = Door()
    running = await toys(toy(lambda kit: Toy(tell=door.tell)), max_concurrent_calls=LIMIT)
    stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
    within = [asyncio.ensure_future(stub.Tell(message("TellRequest"))) for _ in range(LIMIT)]
    await until(lambda: door.waiting == LIMIT)

    async with refused(grpc.StatusCode.UNAVAILABLE, "OVERLOADED") as outcome:
        await stub.Tell(message("TellRequest"))
    assert 0.5 <= retry_delay(outcome.error) <= 1.5
    assert running.platform.metrics.registry.get_sample_value("innkeeper_calls_shed_total") == 1
    assert running.platform.metrics.in_hand == LIMIT

    door.open.set()
    assert [answer.text for answer in await asyncio.gather(*within)] == ["in"] * LIMIT
    assert (await stub.Tell(message("TellRequest"))).text == "in"
    assert running.platform.metrics.in_hand == 0


@pytest.mark.parametrize("how", ["refused", "cancelled"])
async def test_whoever_leaves_makes_room(toys: StartPlatform, how: str) -> None:
    door = Door()
    running = await toys(toy(lambda kit: Toy(tell=door.tell)), max_concurrent_calls=1)
    stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
    if how == "refused":
        async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"):
            await stub.Tell(message("TellRequest", text="x" * 101))
    else:
        leaving = asyncio.ensure_future(stub.Tell(message("TellRequest")))
        await until(lambda: door.waiting == 1)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        await until(lambda: running.platform.metrics.in_hand == 0)
    door.open.set()
    assert (await stub.Tell(message("TellRequest"))).text == "in"


async def test_a_call_that_was_let_in_is_not_refused_half_way(toys: StartPlatform) -> None:
    def asking(kit: Kit) -> Toy:
        stub = kit.stub(contract.toy_stub)
        return Toy(ask=lambda request: stub.Tell(request))

    async def tell(request: Any) -> Any:
        return told("in")

    running = await toys(
        toy(lambda kit: Toy(tell=tell)), toy(asking, name="asking", calls=["toy"]), max_concurrent_calls=1
    )
    stub = running.stub(contract.asking_stub, token=running.token("users/ada", ["asking.read"]))
    assert (await stub.Ask(message("TellRequest"))).text == "in"


def retry_delay(error: grpc.aio.AioRpcError) -> float:
    """After how many seconds the caller is asked to come back."""
    status = status_of(error)
    assert status is not None
    for detail in status.details:
        info = RetryInfo()
        if detail.Unpack(info):
            return info.retry_delay.ToTimedelta().total_seconds()
    raise AssertionError(status)
