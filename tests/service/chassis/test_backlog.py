"""What no interceptor sees: calls in gRPC that a busy event loop has not taken up, and how late the loop is."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from chassis.server.backlog import FRESH
from chassis.server.loop_lag import EVERY, LoopLag
from tests.conftest import StartPlatform
from tests.toy import contract
from tests.toy.contract import told
from tests.toy.service import Toy, started, toy, until

CALLS = 5
BLOCKED = 4 * EVERY


async def test_calls_that_nobody_has_taken_up_are_known(toys: StartPlatform) -> None:
    async def greet(request: Any) -> Any:
        return told("hello")

    running = await toys(toy(lambda kit: Toy(greet=greet)))
    running.platform.loop_lag.stop()
    backlog = running.platform.overload.backlog
    assert backlog is not None
    before = backlog.taken_up
    with grpc.insecure_channel(running.address) as channel:
        await asyncio.to_thread(grpc.channel_ready_future(channel).result, 10)
        calls = [channel.unary_unary("/toy.v1.ToyService/Greet").future(b"", timeout=30) for _ in range(CALLS)]
        while_the_loop_is_held_up(lambda: backlog.waiting() == CALLS)
        assert backlog.taken_up == before
        await asyncio.gather(*(asyncio.to_thread(call.result) for call in calls))
    assert backlog.taken_up == before + CALLS
    await until(lambda: backlog.waiting() == 0)


async def test_each_server_of_a_process_has_its_own(toys: StartPlatform, tmp_path: Path) -> None:
    async def greet(request: Any) -> Any:
        return told("hello")

    idle = await toys(toy(), data_dir=tmp_path / "idle")
    called = await toys(toy(lambda kit: Toy(greet=greet)), data_dir=tmp_path / "called")
    await called.stub(contract.toy_stub).Greet(Empty())
    for running, taken_up in ((idle, 0), (called, 1)):
        backlog = running.platform.overload.backlog
        assert backlog is not None
        assert (backlog.taken_up, backlog.waiting()) == (taken_up, 0)


@pytest.mark.parametrize(
    "path",
    ["/grpc.health.v1.Health/Check", "/grpc.channelz.v1.Channelz/GetServers", "/toy.v1.ToyService/Greet", "/x.Y/Z"],
)
async def test_no_call_counts_as_waiting_that_was_answered(toys: StartPlatform, path: str) -> None:
    running = await toys(toy())
    backlog = running.platform.overload.backlog
    assert backlog is not None
    async with grpc.aio.insecure_channel(running.address) as channel:
        for _ in range(CALLS):
            with contextlib.suppress(grpc.aio.AioRpcError):
                await channel.unary_unary(path)(b"")
    await asyncio.sleep(2 * FRESH)  # then gRPC is asked again
    assert (backlog.taken_up, backlog.waiting()) == (CALLS, 0)


async def test_of_a_server_that_has_stopped_none_wait(tmp_path: Path) -> None:
    async with started(tmp_path, toy()) as running:
        backlog = running.platform.overload.backlog
    assert backlog is not None
    await asyncio.sleep(2 * FRESH)  # then gRPC is asked again, which knows of the server no more
    assert backlog.waiting() == 0


async def test_a_loop_that_is_held_up_is_late() -> None:
    samples: list[float] = []
    lag = LoopLag(samples.append)
    lag.start()
    await until(lambda: len(samples) > 0)
    before = len(samples)
    time.sleep(BLOCKED)  # noqa: ASYNC251 - holds the loop up
    await until(lambda: len(samples) > before)
    assert samples[before] >= BLOCKED - EVERY
    assert 0 < lag.seconds <= max(samples)
    lag.stop()
    lag.stop()


def while_the_loop_is_held_up(holds: Callable[[], bool]) -> None:
    """Returns as soon as it holds; nothing else runs on the loop until then."""
    give_up = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.005)
