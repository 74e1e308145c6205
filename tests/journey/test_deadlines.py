"""A call over three hops, booking, payments and bank, each behind a socket: none works past the caller's deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from chassis.observability.trace import Trace
from innkeeper.booking.v1 import booking_pb2
from tests.conftest import declared, identity_of, started
from tests.service.booking.desk import Desk
from tests.service.chassis.collector import Collector, collecting

DEADLINE = 0.3
"""Seconds that the caller has."""

MARGIN = 0.2
"""Seconds in which a busy machine ends what is to end at the deadline. The bank would take 2 s, or for good."""

ROUNDED = 1.01
"""Times go over the wire with a few digits."""

HERE = Trace(0xCA11, 0xABC, True)
"""Where the call comes from."""

HOPS = (
    "innkeeper.booking.v1.BookingService/CreateBooking",
    "innkeeper.payments.v1.PaymentsService/AuthorizePayment",
    "innkeeper.bank.v1.BankService/Authorize",
)
CANCELLED: int = grpc.StatusCode.CANCELLED.value[0]

Ending = Callable[[Awaitable[Any]], Awaitable[None]]


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as running:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", running.endpoint)
        yield running


@asynccontextmanager
async def three_hops(directory: Path) -> AsyncIterator[Desk]:
    """A desk of a platform of three processes, as far as calls can tell."""
    identity = identity_of([declared(name) for name in ("bank", "payments", "hotels", "booking")])
    async with AsyncExitStack() as stack:
        addresses: dict[str, str] = {}
        for here, elsewhere in ((["bank"], ()), (["payments"], ["bank"]), (["hotels", "booking"], ["payments"])):
            running = await stack.enter_async_context(
                started(directory / here[0], here, elsewhere=elsewhere, identity=identity, addresses=dict(addresses))
            )
            addresses = {here[0]: running.address}
        yield await Desk(running=running).open()


async def in_time(call: Awaitable[Any]) -> None:
    """The caller waits for an answer; on a busy machine it may be too late by then."""
    try:
        booking = await call
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
            raise
    else:
        assert booking.state == booking_pb2.Booking.STATE_PENDING


async def hung_up(call: Awaitable[Any]) -> None:
    """The caller goes away when its time is up, and says so."""
    waiting = asyncio.ensure_future(call)
    await asyncio.wait((waiting,), timeout=DEADLINE)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def settled(desk: Desk) -> None:
    """Returns when every booking that there is has been taken up again, and the money is sure."""
    async with asyncio.timeout(20):
        while True:
            bookings = (await desk.stub.ListBookings(booking_pb2.ListBookingsRequest())).bookings
            if all(booking.state == booking_pb2.Booking.STATE_CONFIRMED for booking in bookings):
                return
            await asyncio.sleep(0.05)


def attribute(span: Span, name: str) -> Any:
    value = next(attribute.value for attribute in span.attributes if attribute.key == name)
    return getattr(value, str(value.WhichOneof("value")))


@pytest.mark.parametrize(
    ("timeout", "ending"), [(DEADLINE, in_time), (30.0, hung_up)], ids=["a deadline", "a caller that hangs up"]
)
@pytest.mark.parametrize("card", ["tok_slow", "tok_timeout"])
async def test_no_hop_works_past_the_callers_time(
    collector: Collector, tmp_path: Path, card: str, timeout: float, ending: Ending
) -> None:
    async with three_hops(tmp_path) as desk:
        # A first booking, so that connections, keys and tokens are there before the time runs.
        await desk.stub.CreateBooking(desk.order(await desk.quote(), "tok_success"))
        order = desk.order(await desk.quote(), card)
        metadata = [("traceparent", HERE.traceparent)]
        begun = time.time()
        await ending(desk.stub.CreateBooking(order, timeout=timeout, metadata=metadata))
        await settled(desk)

    spans = collector.spans()
    of_call = [span for span in spans if span.trace_id == HERE.trace.to_bytes(16, "big")]
    late = [span.name for span in of_call if span.end_time_unix_nano / 1e9 > begun + DEADLINE + MARGIN]
    assert not late, "nothing of the call goes on when its time is up"

    served = {span.name: span for span in of_call if span.kind == Span.SPAN_KIND_SERVER}
    assert tuple(served) == HOPS, "each hop is called once"
    assert attribute(served[HOPS[-1]], "rpc.grpc.status_code") == CANCELLED, "the bank was given up"
    first, second, third = (attribute(span, "innkeeper.deadline_seconds") for span in served.values())
    assert timeout * ROUNDED > first > second > third, "each hop has less time than the one before"

    since = [span for span in spans if span.start_time_unix_nano / 1e9 > begun]
    later = [span for span in since if span.name == HOPS[-1] and span not in of_call]
    assert later, "the booking was taken up again by itself"
    assert all(span.start_time_unix_nano / 1e9 > begun + DEADLINE for span in later)
