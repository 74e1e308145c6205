"""A process takes no more calls at a time than it can do, refuses the cheapest, and says when to come back."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.rpc.error_details_pb2 import RetryInfo

from chassis.client.retry import PUSHBACK
from chassis.client.socket_transport import service_config
from chassis.errors import status_of
from chassis.policy import methods
from chassis.server.authentication import AUTHORIZATION
from chassis.server.loop_lag import EVERY
from chassis.server.overload import Overload
from chassis.server.priority import PREVIOUS_ATTEMPTS
from chassis.server.refusals import RETRY_AFTER
from chassis.server.standing_queue import TOO_LONG
from chassis.service import Kit
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.service import Toy, toy, until

LIMIT = 3
MOST = 16


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


async def test_under_overload_reads_are_refused_while_commands_get_through(toys: StartPlatform) -> None:
    door = Door()

    async def done(request: Any) -> Any:
        return message("Kept")

    running = await toys(toy(lambda kit: Toy(tell=door.tell, keep=done)), max_concurrent_calls=MOST)
    stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read", "toys.write"]))
    within = [asyncio.ensure_future(stub.Tell(message("TellRequest"))) for _ in range(MOST)]
    await until(lambda: door.waiting == MOST)
    overload = await found_out(running)
    await thinned_out(within, 10, running)
    assert (overload.limit, overload.in_hand) == (MOST / 2, 10)

    async with refused(grpc.StatusCode.UNAVAILABLE, "OVERLOADED"):
        await stub.Tell(message("TellRequest"))
    assert await stub.Keep(message("KeepRequest", text="a note", request_id=str(uuid.uuid4()))) == message("Kept")

    door.open.set()
    await asyncio.gather(*within, return_exceptions=True)
    running.platform.loop_lag.start()
    await until(lambda: not overload.is_on, within=30)
    assert (await stub.Tell(message("TellRequest"))).text == "in"


@pytest.mark.parametrize(
    ("tries_before", "timeout", "pushback"),
    [
        pytest.param(0, 0.4, None, id="at first, whatever the time: elsewhere there may be room"),
        pytest.param(1, 0.4, "-1", id="again, too late to come back"),
        pytest.param(1, 30.0, "as told", id="again, time enough"),
        pytest.param(1, None, "as told", id="again, all the time in the world"),
    ],
)
async def test_grpcs_own_retries_are_told_too(
    toys: StartPlatform, tries_before: int, timeout: float | None, pushback: str | None
) -> None:
    door = Door()
    running = await toys(toy(lambda kit: Toy(tell=door.tell)), max_concurrent_calls=1)
    stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
    within = asyncio.ensure_future(stub.Tell(message("TellRequest")))
    await until(lambda: door.waiting == 1)
    async with grpc.aio.insecure_channel(running.address, options=[("grpc.enable_retries", 0)]) as channel:
        metadata = ((PREVIOUS_ATTEMPTS, str(tries_before)),) * bool(tries_before)
        async with refused(grpc.StatusCode.UNAVAILABLE, "OVERLOADED") as outcome:
            await channel.unary_unary("/toy.v1.ToyService/Tell")(b"", metadata=metadata, timeout=timeout)
    as_told = str(round(retry_delay(outcome.error) * 1000))
    told_grpc = dict(outcome.error.trailing_metadata()).get(PUSHBACK)
    assert told_grpc == (as_told if pushback == "as told" else pushback)
    door.open.set()
    await within


async def test_a_retry_of_grpc_comes_back_when_it_was_told_to(toys: StartPlatform) -> None:
    door = Door()
    running = await toys(toy(lambda kit: Toy(tell=door.tell)), max_concurrent_calls=1)
    metadata = [(AUTHORIZATION, f"Bearer {running.token('users/ada', ['toys.read'])}")]
    service = contract.service("ToyService")
    async with grpc.aio.insecure_channel(
        running.address, options=[("grpc.service_config", service_config(methods(service)))]
    ) as channel:
        tell = channel.unary_unary("/toy.v1.ToyService/Tell", lambda request: request.SerializeToString())
        within = asyncio.ensure_future(tell(message("TellRequest"), metadata=metadata))
        await until(lambda: door.waiting == 1)
        refused_first = asyncio.ensure_future(tell(message("TellRequest"), metadata=metadata, timeout=30))
        await until(lambda: running.platform.metrics.refused == 1)
        begun = time.monotonic()
        await until(lambda: running.platform.metrics.refused == 2)
        assert time.monotonic() - begun < RETRY_AFTER[0], "at first gRPC comes back soon"
        begun = time.monotonic()
        door.open.set()
        await asyncio.gather(within, refused_first)
    assert time.monotonic() - begun >= RETRY_AFTER[0] - 0.1
    assert running.platform.metrics.refused == 2


async def test_a_stream_that_lasts_for_hours_takes_no_room(toys: StartPlatform) -> None:
    door = Door()

    async def watch(request: Any) -> AsyncIterator[Any]:
        yield await door.tell(request)

    running = await toys(toy(lambda kit: Toy(watch=watch, greet=_greet)), max_concurrent_calls=1)
    stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
    watching = [asyncio.ensure_future(anext(stub.Watch(message("TellRequest")))) for _ in range(3)]
    await until(lambda: door.waiting == 3)
    assert (await stub.Greet(Empty())).text == "hello"
    door.open.set()
    assert [seen.text for seen in await asyncio.gather(*watching)] == ["in"] * 3


async def test_gauges_show_lag_and_limit(toys: StartPlatform) -> None:
    running = await toys(toy(), max_concurrent_calls=MOST)
    sample = running.platform.metrics.registry.get_sample_value
    assert sample("innkeeper_concurrency_limit") == MOST
    lag = sample("innkeeper_event_loop_lag_seconds")
    assert lag is not None
    assert lag >= 0


async def _greet(request: Any) -> Any:
    return told("hello")


async def found_out(running: RunningPlatform) -> Overload:
    """The platform's overload, which has just been found out, and stays until the lag is sampled again."""
    running.platform.loop_lag.stop()
    overload = running.platform.overload
    async with asyncio.timeout(10):
        while not overload.is_on:
            overload.waited(2 * TOO_LONG)
            overload.tick(0.0)
            await asyncio.sleep(EVERY)
    return overload


async def thinned_out(calls: list[asyncio.Future[Any]], left: int, running: RunningPlatform) -> None:
    """Returns when only so many of the calls are in hand."""
    for call in calls[left:]:
        call.cancel()
    await until(lambda: running.platform.overload.in_hand == left)


def retry_delay(error: grpc.aio.AioRpcError) -> float:
    """After how many seconds the caller is asked to come back."""
    status = status_of(error)
    assert status is not None
    for detail in status.details:
        info = RetryInfo()
        if detail.Unpack(info):
            return info.retry_delay.ToTimedelta().total_seconds()
    raise AssertionError(status)
