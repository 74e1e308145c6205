"""A call ends the same way whether it goes over a socket or stays in the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import pytest

from chassis.errors import CallFailed
from chassis.refusal import InvalidField, Refusal
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.service import Toy, toy, until

SCOPES = ("toys.read", "toys.write")

OpenStub = Callable[..., Awaitable[contract.Stub]]


class ToyBroken(Refusal):
    """A refusal that the toy contract knows."""

    reason = "TOY_BROKEN"


@pytest.fixture(params=["socket", "in process"])
def stub(request: pytest.FixtureRequest, toys: StartPlatform) -> OpenStub:
    """Starts a toy that does as it is told, and gives a stub that calls it by the transport in hand."""

    async def start(*, user: str = "users/ada", **methods: Any) -> contract.Stub:
        running = await toys(toy(lambda kit: Toy(**methods)))
        if request.param == "socket":
            return running.stub(contract.toy_stub, token=running.token(user, SCOPES))
        return running.inside(contract.toy_stub, as_service="asking", user=user)

    return start


def asked(text: str = "hello", times: int = 0) -> Any:
    return message("TellRequest", text=text, times=times)


async def test_an_answer(stub: OpenStub) -> None:
    async def tell(request: Any) -> Any:
        return told(request.text.upper())

    assert (await (await stub(tell=tell)).Tell(asked())).text == "HELLO"


async def test_a_refusal_with_its_details(stub: OpenStub) -> None:
    async def tell(request: Any) -> Any:
        raise ToyBroken("the spring is broken: wind it", retry_after=1.5, part="spring")

    calling = await stub(tell=tell)
    async with refused(grpc.StatusCode.FAILED_PRECONDITION, "TOY_BROKEN") as outcome:
        await calling.Tell(asked())
    assert outcome.error.details() == "the spring is broken: wind it"
    assert (outcome.info.domain, dict(outcome.info.metadata)) == ("toy.v1", {"part": "spring"})


async def test_a_refusal_of_a_field(stub: OpenStub) -> None:
    async def tell(request: Any) -> Any:
        raise InvalidField("text", "must rhyme")

    calling = await stub(tell=tell)
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as outcome:
        await calling.Tell(asked())
    assert outcome.fields == ["text"]
    assert outcome.info.domain == "innkeeper.errors.v1"


async def test_a_message_that_breaks_the_contract_does_not_reach_the_service(stub: OpenStub) -> None:
    calling = await stub()
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as outcome:
        await calling.Tell(asked("x" * 101))
    assert outcome.fields == ["text"]


async def test_what_nobody_foresaw_says_nothing_of_the_inside(stub: OpenStub) -> None:
    async def tell(request: Any) -> Any:
        raise KeyError("password of ada@example.org")

    calling = await stub(tell=tell)
    async with refused(grpc.StatusCode.INTERNAL, "INTERNAL") as outcome:
        await calling.Tell(asked())
    trace_id = outcome.info.metadata["trace_id"]
    assert len(trace_id) == 32
    assert int(trace_id, 16)
    shown = f"{outcome.error!r} {outcome.error.trailing_metadata()} {outcome.info}"
    assert "ada@example.org" not in shown
    assert "KeyError" not in shown


@pytest.mark.parametrize(
    ("own", "seen"),
    [
        pytest.param(grpc.StatusCode.UNAVAILABLE, (grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"), id="away"),
        pytest.param(
            grpc.StatusCode.DEADLINE_EXCEEDED, (grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"), id="late"
        ),
        pytest.param(grpc.StatusCode.NOT_FOUND, (grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"), id="not found"),
        pytest.param(grpc.StatusCode.PERMISSION_DENIED, (grpc.StatusCode.INTERNAL, "INTERNAL"), id="not allowed"),
        pytest.param(grpc.StatusCode.UNAUTHENTICATED, (grpc.StatusCode.INTERNAL, "INTERNAL"), id="not known"),
    ],
)
async def test_what_another_service_answered(
    stub: OpenStub, own: grpc.StatusCode, seen: tuple[grpc.StatusCode, str]
) -> None:
    async def tell(request: Any) -> Any:
        raise CallFailed(own, "of another service", reason="RESOURCE_NOT_FOUND").as_seen_by_client()

    calling = await stub(tell=tell)
    async with refused(*seen):
        await calling.Tell(asked())


async def test_the_deadline_of_the_caller(stub: OpenStub) -> None:
    ended = asyncio.Event()

    async def tell(request: Any) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    calling = await stub(tell=tell)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await calling.Tell(asked(), timeout=0.05)
    assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await asyncio.wait_for(ended.wait(), 5)


async def test_the_deadline_of_the_contract(stub: OpenStub) -> None:
    async def tell_soon(request: Any) -> Any:
        await asyncio.Event().wait()

    calling = await stub(tell_soon=tell_soon)
    async with refused(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED"):
        await calling.TellSoon(asked(), timeout=20)


async def test_a_caller_who_hangs_up(stub: OpenStub) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def tell(request: Any) -> Any:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    calling = await stub(tell=tell)
    waiting = asyncio.ensure_future(calling.Tell(asked()))
    await asyncio.wait_for(begun.wait(), 5)
    waiting.cancel()
    await asyncio.wait_for(cancelled.wait(), 5)
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_neither_side_sees_what_the_other_does_to_its_messages(stub: OpenStub) -> None:
    kept = told("as it was")
    received = []

    async def tell(request: Any) -> Any:
        received.append(request)
        request.text = "changed by the service"
        return kept

    calling = await stub(tell=tell)
    request = asked()
    answer = await calling.Tell(request)
    answer.text = "changed by the caller"
    assert (request.text, kept.text) == ("hello", "as it was")
    request.text = "changed afterwards"
    assert received[0].text == "changed by the service"


async def test_a_stream_of_requests(stub: OpenStub) -> None:
    async def gather(requests: AsyncIterator[Any]) -> Any:
        return told(" ".join([request.text async for request in requests]))

    assert (await (await stub(gather=gather)).Gather(iter([asked("one"), asked("two")]))).text == "one two"


async def test_a_stream_of_requests_that_nobody_reads_to_its_end(stub: OpenStub) -> None:
    sent = []

    async def requests() -> AsyncIterator[Any]:
        for number in range(100_000):
            sent.append(number)
            yield asked("x" * 90)

    async def gather(requests: AsyncIterator[Any]) -> Any:
        await anext(requests)
        raise ToyBroken("that was enough")

    calling = await stub(gather=gather)
    async with refused(grpc.StatusCode.FAILED_PRECONDITION, "TOY_BROKEN"):
        await calling.Gather(requests())
    assert len(sent) < 100_000


async def test_a_stream_of_responses(stub: OpenStub) -> None:
    async def recount(request: Any) -> AsyncIterator[Any]:
        for number in range(request.times):
            yield told(str(number))

    calling = await stub(recount=recount)
    assert [answer.text async for answer in calling.Recount(asked(times=3))] == ["0", "1", "2"]


async def test_a_stream_of_responses_that_ends_with_a_refusal(stub: OpenStub) -> None:
    async def recount(request: Any) -> AsyncIterator[Any]:
        yield told("one")
        raise ToyBroken("no more")

    calling = await stub(recount=recount)
    heard = []
    async with refused(grpc.StatusCode.FAILED_PRECONDITION, "TOY_BROKEN"):
        async for answer in calling.Recount(asked()):
            heard.append(answer.text)  # noqa: PERF401 - what came before the end counts
    assert heard == ["one"]


async def test_a_slow_reader_holds_the_writer_back(stub: OpenStub) -> None:
    written = 0

    async def recount(request: Any) -> AsyncIterator[Any]:
        nonlocal written
        for _ in range(request.times):
            yield told("x" * 100_000)
            written += 1

    calling = await stub(recount=recount)
    answers = calling.Recount(asked(times=1000))
    await anext(answers)
    for _ in range(1000):  # as much time as the writer likes to have
        await asyncio.sleep(0)
    assert written < 500
    assert len([answer async for answer in answers]) == 999


async def test_a_reader_who_stops_ends_the_stream(stub: OpenStub) -> None:
    closed = asyncio.Event()

    async def recount(request: Any) -> AsyncIterator[Any]:
        try:
            while True:
                yield told("x" * 100_000)
        finally:
            closed.set()

    calling = await stub(recount=recount)
    answers = calling.Recount(asked())
    await anext(answers)
    await answers.aclose()
    await asyncio.wait_for(closed.wait(), 5)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await until(lambda: not any("_stream.<locals>.run" in repr(task) for task in others if not task.done()))


@pytest.mark.parametrize("times", [pytest.param(1, id="that waits"), pytest.param(10_000, id="that is held back")])
async def test_a_reader_who_stops_ends_the_method_at_once(stub: OpenStub, times: int) -> None:
    ended = asyncio.Event()
    methods = []

    async def recounting() -> AsyncIterator[Any]:
        try:
            for _ in range(times):
                yield told("x" * 100_000)
            await asyncio.Event().wait()
        finally:
            ended.set()

    def recount(request: Any) -> AsyncIterator[Any]:
        methods.append(recounting())  # kept, so that it does not end by being forgotten
        return methods[-1]

    answers = (await stub(recount=recount)).Recount(asked())
    await anext(answers)
    assert not ended.is_set()
    await answers.aclose()
    await asyncio.wait_for(ended.wait(), 5)


async def test_the_deadline_of_a_stream(stub: OpenStub) -> None:
    closed = asyncio.Event()

    async def recount(request: Any) -> AsyncIterator[Any]:
        try:
            yield told("one")
            await asyncio.Event().wait()
        finally:
            closed.set()

    calling = await stub(recount=recount)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        async for _ in calling.Recount(asked(), timeout=0.1):
            pass
    assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await asyncio.wait_for(closed.wait(), 5)


async def test_streams_both_ways(stub: OpenStub) -> None:
    async def converse(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for request in requests:
            yield told(request.text.upper())

    heard: asyncio.Queue[str] = asyncio.Queue()

    async def requests() -> AsyncIterator[Any]:
        yield asked("one")
        yield asked(f"heard {await heard.get()}")

    calling = await stub(converse=converse)
    answers = []
    async for answer in calling.Converse(requests()):
        answers.append(answer.text)
        heard.put_nowait(answer.text)
    assert answers == ["ONE", "HEARD ONE"]


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        pytest.param("Draw", "INTERNAL_METHOD", id="a method for services"),
        pytest.param("Keep", "SCOPE_MISSING", id="a scope that the token lacks"),
    ],
)
async def test_a_method_that_is_not_for_this_caller(toys: StartPlatform, method: str, reason: str) -> None:
    running = await toys(toy())
    calling = running.stub(contract.toy_stub, token=running.token("users/ada", ("toys.read",)))
    request = contract.method(method).request_class()
    async with refused(grpc.StatusCode.PERMISSION_DENIED, reason):
        await getattr(calling, method)(request)
