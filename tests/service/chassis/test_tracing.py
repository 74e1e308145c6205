"""A call leaves one trace, from service to service, in which everything hangs together and nothing is personal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from chassis.observability.trace import Trace
from chassis.observability.tracing import LAST_SPANS
from chassis.service import Kit, Service
from tests.conftest import started as started_platform
from tests.errors import refused
from tests.service.booking.desk import Desk
from tests.service.chassis.collector import Collector, collecting
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.service import Toy, identity_of, started, toy

EDGE = Trace(0xED6E, 0xABC, True)
"""Where the trace begins: a proxy of somebody else's, before our first service."""

PERSONAL = ("Ada", "Lovelace", "ada@example.com", "tok_success", "users/ada")


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as running:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", running.endpoint)
        yield running


async def tell(request: Any) -> Any:
    return told("hello")


def asking() -> Service:
    def servicer(kit: Kit) -> Toy:
        stub = kit.stub(contract.toy_stub)
        return Toy(ask=lambda request: stub.Tell(request))

    return toy(servicer, name="asking", calls=["toy"])


def traced(trace: Trace) -> tuple[tuple[str, str], ...]:
    return (("traceparent", trace.traceparent),)


def described(span: Span) -> tuple[str, str]:
    return Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"), span.name


def code(span: Span) -> int:
    """The gRPC status that a span says its call ended with."""
    return next(a.value.int_value for a in span.attributes if a.key == "rpc.grpc.status_code")


@pytest.mark.parametrize("apart", [False, True], ids=["together", "apart"])
async def test_every_span_hangs_below_the_one_before(collector: Collector, tmp_path: Path, apart: bool) -> None:
    called, calling = toy(lambda kit: Toy(tell=tell)), asking()
    identity = identity_of(called, calling)
    async with AsyncExitStack() as stack:
        back = await stack.enter_async_context(
            started(tmp_path / "back", called, *([] if apart else [calling]), catalogue=[calling], identity=identity)
        )
        front = back
        if apart:
            addresses = {"toy": back.address}
            front = await stack.enter_async_context(
                started(tmp_path / "front", calling, catalogue=[called], identity=identity, addresses=addresses)
            )
        stub = front.stub(contract.asking_stub, token=front.token("users/ada", ["asking.read"]))
        await stub.Ask(message("TellRequest"), metadata=traced(EDGE))

    asked, asks, tells = collector.spans()
    assert [described(span) for span in (asked, asks, tells)] == [
        ("SERVER", "toy.v1.AskingService/Ask"),
        ("CLIENT", "toy.v1.ToyService/Tell"),
        ("SERVER", "toy.v1.ToyService/Tell"),
    ]
    assert {span.trace_id for span in (asked, asks, tells)} == {EDGE.trace.to_bytes(16, "big")}
    assert asked.parent_span_id == EDGE.span.to_bytes(8, "big")
    assert (asks.parent_span_id, tells.parent_span_id) == (asked.span_id, asks.span_id)
    assert collector.services() == ({"toy", "asking"} if apart else {"toy-asking"})


async def test_a_booking_leaves_nothing_personal(collector: Collector, tmp_path: Path) -> None:
    async with started_platform(tmp_path, ["bank", "payments", "hotels", "booking"]) as running:
        desk = await Desk(running=running).open()
        quote = await desk.quote()
        await desk.stub.CreateBooking(desk.order(quote), metadata=traced(EDGE))

    trace = [span for span in collector.spans() if span.trace_id == EDGE.trace.to_bytes(16, "big")]
    parents = {span.span_id: span for span in trace}
    assert {name for _, name in map(described, trace)} >= {
        "innkeeper.booking.v1.BookingService/CreateBooking",
        "innkeeper.payments.v1.PaymentsService/AuthorizePayment",
        "innkeeper.bank.v1.BankService/Authorize",
    }
    roots = [span for span in trace if span.parent_span_id not in parents]
    assert [described(span) for span in roots] == [("SERVER", "innkeeper.booking.v1.BookingService/CreateBooking")]
    for span in trace:
        if described(span)[0] == "SERVER" and span is not roots[0]:
            assert described(parents[span.parent_span_id]) == ("CLIENT", span.name)
    everything = b"".join(request.SerializeToString() for request in collector.received)
    assert not [text for text in PERSONAL if text.encode() in everything]


@pytest.mark.parametrize(
    ("metadata", "ratio", "spans"),
    [
        pytest.param(traced(Trace(1, 2, False)), 1.0, 0, id="the caller does not record"),
        pytest.param((), 0.0, 0, id="nothing that begins here is recorded"),
        pytest.param((), 1.0, 1, id="everything that begins here is recorded"),
        pytest.param(traced(EDGE), 0.0, 1, id="the caller records"),
        pytest.param((("traceparent", "nonsense"),), 1.0, 1, id="a header that is not well formed begins anew"),
    ],
)
async def test_what_is_recorded(
    collector: Collector, tmp_path: Path, metadata: tuple[tuple[str, str], ...], ratio: float, spans: int
) -> None:
    async with started(tmp_path, toy(lambda kit: Toy(tell=tell)), trace_ratio=ratio) as running:
        stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
        await stub.Tell(message("TellRequest"), metadata=metadata)
    assert len(collector.spans()) == spans


async def test_how_calls_ended(collector: Collector, tmp_path: Path) -> None:
    async def fail(request: Any) -> Any:
        raise RuntimeError("ada@example.com")

    async with started(tmp_path, toy(lambda kit: Toy(tell=fail, recount=fail))) as running:
        stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
        async with refused(grpc.StatusCode.INTERNAL, "INTERNAL"):
            await stub.Tell(message("TellRequest"))
        async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"):
            await stub.Tell(message("TellRequest", text="x" * 101))
    ended = [
        (code(span), [a.value.string_value for a in span.attributes if a.key == "innkeeper.reason"])
        for span in collector.spans()
    ]
    assert ended == [(13, ["INTERNAL"]), (3, ["INVALID_FIELD"])]
    assert b"ada@example.com" not in b"".join(request.SerializeToString() for request in collector.received)


async def test_a_span_lasts_as_long_as_its_stream(collector: Collector, tmp_path: Path) -> None:
    async def recount(request: Any) -> AsyncIterator[Any]:
        yield told("first")
        await asyncio.sleep(0.05)
        yield told("last")

    def servicer(kit: Kit) -> Toy:
        stub = kit.stub(contract.toy_stub)

        async def ask(request: Any) -> Any:
            *_, last = [message async for message in stub.Recount(request)]
            return last

        return Toy(ask=ask)

    services = toy(lambda kit: Toy(recount=recount)), toy(servicer, name="asking", calls=["toy"])
    async with started(tmp_path, *services) as running:
        stub = running.stub(contract.asking_stub, token=running.token("users/ada", ["asking.read"]))
        await stub.Ask(message("TellRequest"))
    recounts = [span for span in collector.spans() if span.name == "toy.v1.ToyService/Recount"]
    assert len(recounts) == 2, "the caller's and the server's"
    assert all(span.end_time_unix_nano - span.start_time_unix_nano > 0.04e9 for span in recounts)


async def test_a_collector_that_is_away_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{unused_tcp_port}")
    async with started(tmp_path, toy(lambda kit: Toy(tell=tell))) as running:
        stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
        assert (await stub.Tell(message("TellRequest"))).text == "hello"
        stopped = time.monotonic()
    assert time.monotonic() - stopped < LAST_SPANS + 2
