"""What goes along when one service calls another: the time that is left, who calls, and for whom."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

from chassis.client.deadline import MARGIN
from chassis.context import current_call, principal
from chassis.errors import platform_error, reason_of
from chassis.refusal import Refusal
from chassis.service import Kit, Service, Timer
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.service import Toy, identity_of, toy

SLACK = 0.5
"""Seconds that a busy machine may take for a call."""

ROUNDED = 1.01
"""Times go over the wire with a few digits; the caller keeps to its own all the same."""


Ask = Callable[[contract.Stub, Any], Awaitable[Any]]


def by_tell(stub: contract.Stub, request: Any) -> Awaitable[Any]:
    """Asks the toy service what is asked."""
    told: Awaitable[Any] = stub.Tell(request)
    return told


def asking(stubs: list[contract.Stub], ask: Ask = by_tell) -> Service:
    """A service that asks the toy service when it is asked itself."""

    def servicer(kit: Kit) -> Toy:
        stubs.append(kit.stub(contract.toy_stub))
        return Toy(ask=lambda request: ask(stubs[0], request))

    return toy(servicer, name="asking", calls=["toy"])


class ToyBusy(Refusal):
    reason = "TOY_BUSY"


class Endless:
    """Answers by streams that do not end by themselves, and knows when they have."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    async def recount(self, request: Any) -> AsyncIterator[Any]:
        self.begun.set()
        try:
            while True:
                yield told("and again")
                await asyncio.sleep(0.01)
        finally:
            self.ended.set()

    async def gather(self, requests: AsyncIterator[Any]) -> Any:
        try:
            async for _ in requests:
                self.begun.set()
        finally:
            self.ended.set()

    async def converse(self, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        try:
            async for _ in requests:
                self.begun.set()
                yield told("go on")
        finally:
            self.ended.set()


async def for_ever(request: Any) -> AsyncIterator[Any]:
    while True:
        yield request
        await asyncio.sleep(0.01)


async def by_recount(stub: contract.Stub, request: Any) -> Any:
    async for _ in stub.Recount(request):
        pass


async def by_gather(stub: contract.Stub, request: Any) -> Any:
    await stub.Gather(for_ever(request))


async def by_converse(stub: contract.Stub, request: Any) -> Any:
    async for _ in stub.Converse(for_ever(request)):
        pass


class Moody:
    """Fails the first two times that it is told something, and says when to come back."""

    def __init__(self, failure: Exception) -> None:
        self.times = 0
        self._failure = failure

    async def tell(self, request: Any) -> Any:
        self.times += 1
        if self.times <= 2:
            raise self._failure
        return told(f"at the {self.times}rd time")


async def tell(request: Any) -> Any:
    """Tells of the call what it is asked to tell, or takes its time."""
    match request.text:
        case "remaining":
            return told(repr(current_call().remaining()))
        case "who":
            return told(f"{principal().subject} for {principal().user or 'nobody'}")
    await asyncio.Event().wait()
    raise AssertionError


Open = Callable[..., Awaitable[RunningPlatform]]


@pytest.fixture
def apart(toys: StartPlatform, tmp_path: Path) -> Open:
    """Starts the toy service in one platform and the asking service in another, which it returns."""

    async def start(telling: Any = tell, ask: Ask = by_tell, **streams: Any) -> RunningPlatform:
        called, calling = toy(lambda kit: Toy(tell=telling, **streams)), asking([], ask)
        identity = identity_of(called, calling)
        back = await toys(called, catalogue=[calling], identity=identity, data_dir=tmp_path / "back")
        there = {"toy": back.address}
        return await toys(calling, catalogue=[called], identity=identity, data_dir=tmp_path / "front", addresses=there)

    return start


@pytest.fixture(params=["together", "apart"])
def open_front(request: pytest.FixtureRequest, toys: StartPlatform) -> Open:
    """Starts the asking service with the toy service in the same platform, or with that in another."""

    async def start(telling: Any = tell, ask: Ask = by_tell, **streams: Any) -> RunningPlatform:
        return await toys(toy(lambda kit: Toy(tell=telling, **streams)), asking([], ask))

    apart: Open = request.getfixturevalue("apart")
    return start if request.param == "together" else apart


@pytest.fixture
async def front(open_front: Open) -> RunningPlatform:
    """The platform that has the asking service."""
    return await open_front()


def ada(front: RunningPlatform) -> contract.Stub:
    """What Ada calls by."""
    return front.stub(contract.asking_stub, token=front.token("users/ada", ["asking.read"]))


def asked(what: str) -> Any:
    return message("TellRequest", text=what)


@pytest.mark.parametrize(
    ("timeout", "longest"),
    [
        pytest.param(2.0, 2.0, id="the caller's"),
        pytest.param(None, 4.0, id="the method's own"),
        pytest.param(60.0, 4.0, id="the method's own, where the caller has more"),
    ],
)
async def test_the_rest_of_the_time_goes_along(front: RunningPlatform, timeout: float | None, longest: float) -> None:
    remaining = float((await ada(front).Ask(asked("remaining"), timeout=timeout)).text)
    assert longest - MARGIN - SLACK < remaining < (longest - MARGIN) * ROUNDED


async def test_the_end_user_goes_along(front: RunningPlatform) -> None:
    assert (await ada(front).Ask(asked("who"))).text == "clients/asking for users/ada"


async def test_a_service_of_a_service_goes_on_for_the_user(front: RunningPlatform) -> None:
    inside = front.inside(contract.asking_stub, as_service="web", user="users/eve")
    assert (await inside.Ask(asked("who"))).text == "clients/asking for users/eve"


async def test_a_service_that_calls_for_nobody(front: RunningPlatform) -> None:
    inside = front.inside(contract.asking_stub, as_service="web")
    assert (await inside.Ask(asked("who"))).text == "clients/asking for nobody"


async def test_a_service_that_does_not_answer_in_time(front: RunningPlatform) -> None:
    inside = front.inside(contract.asking_stub, as_service="web")
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await inside.Ask(asked("nothing"), timeout=0.2)
    # The margin is for this answer; on a busy machine it may not do.
    assert (raised.value.code(), reason_of(raised.value)) in (
        (grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED"),
    )


@pytest.mark.parametrize("ask", [by_recount, by_gather, by_converse])
async def test_a_stream_lasts_as_long_as_the_callers_time(open_front: Open, ask: Ask) -> None:
    endless = Endless()
    streams = {"recount": endless.recount, "gather": endless.gather, "converse": endless.converse}
    inside = (await open_front(ask=ask, **streams)).inside(contract.asking_stub, as_service="web")
    begun = time.monotonic()
    with pytest.raises(grpc.aio.AioRpcError):
        await inside.Ask(asked("on and on"), timeout=0.3)
    assert endless.begun.is_set()
    async with asyncio.timeout(SLACK):
        await endless.ended.wait()
    assert time.monotonic() - begun < 0.3 + SLACK


@pytest.mark.parametrize("ask", [by_recount, by_gather, by_converse])
async def test_a_stream_ends_when_the_caller_hangs_up(open_front: Open, ask: Ask) -> None:
    endless = Endless()
    streams = {"recount": endless.recount, "gather": endless.gather, "converse": endless.converse}
    front = await open_front(ask=ask, **streams)
    waiting = asyncio.ensure_future(ada(front).Ask(asked("on and on")))
    async with asyncio.timeout(4.0 - SLACK):  # well before the method's own deadline
        await endless.begun.wait()
        waiting.cancel()
        await endless.ended.wait()


async def test_a_service_that_says_when_to_come_back_is_asked_again(open_front: Open) -> None:
    moody = Moody(ToyBusy("in a moment", retry_after=0.001))
    assert (await ada(await open_front(moody.tell)).Ask(asked("who"))).text == "at the 3rd time"


async def test_a_service_that_is_away_for_a_moment_is_asked_again_by_grpc(apart: Open) -> None:
    moody = Moody(platform_error("OVERLOADED", "in a moment"))
    assert (await ada(await apart(moody.tell)).Ask(asked("who"))).text == "at the 3rd time"


async def test_a_service_out_of_reach(toys: StartPlatform) -> None:
    alone = await toys(asking([]), catalogue=[toy()])
    async with refused(grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"):
        await ada(alone).Ask(asked("who"))


async def test_a_service_that_is_down(toys: StartPlatform, unused_tcp_port: int) -> None:
    alone = await toys(asking([]), catalogue=[toy()], addresses={"toy": f"127.0.0.1:{unused_tcp_port}"})
    async with refused(grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"):
        await ada(alone).Ask(asked("who"))


async def test_what_is_done_outside_of_any_call_is_done_for_nobody(toys: StartPlatform) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    stubs: list[contract.Stub] = []

    async def now_and_then() -> None:
        answer = await stubs[0].Tell(asked("who"))
        heard.put_nowait(answer.text)

    def servicer(kit: Kit) -> Toy:
        stubs.append(kit.stub(contract.toy_stub))
        return Toy()

    timer = Timer("now-and-then", every=3600, run=now_and_then)
    await toys(toy(lambda kit: Toy(tell=tell)), toy(servicer, name="asking", calls=["toy"], timers=[timer]))
    assert await asyncio.wait_for(heard.get(), 5) == "clients/asking for nobody"
