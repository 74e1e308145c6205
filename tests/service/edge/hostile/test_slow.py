"""Requests that never come to an end (slow loris), and answers that nobody takes: they hold a connection, and not for
long."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import pytest
from hyperframe.frame import DataFrame

from services.registry.edge.connection_manager import HEADERS_WITHIN
from services.registry.edge.routes import PAGE_WITHIN
from tests.edge import RunningEdge
from tests.service.edge.hostile.conftest import from_port, good_request, logged
from tests.service.edge.hostile.frames import GRPC, greeted
from tests.service.edge.hostile.wire import Wire, connected, request

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("unharmed")]

PACE: Final = 0.5
MANY: Final = 50
METHOD_WITHIN: Final = 2.0
"""The deadline of the method that is called here."""

ANY_LENGTH: Final = b"content-length: 100000"


async def trickle(wire: Wire, piece: bytes, seconds: float) -> float:
    """Sends the piece again and again until the other side answers or hangs up. Returns after how many seconds that
    was. Raises AssertionError where it does not come in time."""
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < seconds:
        if wire.hung_up:
            return passed
        await wire.send(piece)
        await asyncio.sleep(PACE)
    raise AssertionError(f"still taken after {seconds} seconds")


async def headers_line_by_line(address: str) -> None:
    async with connected(address) as wire:
        await wire.send(b"GET /v1/hotels HTTP/1.1\r\nhost: edge.test\r\n")
        passed = await trickle(wire, b"x-slow: a\r\n", HEADERS_WITHIN + 3)
        answer = await wire.answer()
    assert answer.status in (0, 408), answer
    assert passed > HEADERS_WITHIN / 2


async def headers_byte_by_byte(address: str) -> None:
    async with connected(address) as wire:
        await wire.send(b"GET /v1/hotels HTTP/1.1\r\nhost: edge.test\r\nx-slow: ")
        await trickle(wire, b"a", HEADERS_WITHIN + 3)
        assert (await wire.answer()).status in (0, 408)


async def a_first_line_byte_by_byte(address: str) -> None:
    async with connected(address) as wire:
        await wire.send(b"GET /")
        await trickle(wire, b"a", HEADERS_WITHIN + 3)
        assert (await wire.answer()).status in (0, 408)


async def headers_of_http2_frame_by_frame(address: str) -> None:
    async with greeted(address) as connection:
        await connection.send(connection.asked(1, GRPC, "END_STREAM"))
        conversation = await connection.heard(HEADERS_WITHIN + 3)
    assert conversation.refused, conversation


ATTACKS: Final = (
    headers_line_by_line,
    headers_byte_by_byte,
    a_first_line_byte_by_byte,
    headers_of_http2_frame_by_frame,
)


async def test_headers_that_never_end(edge: RunningEdge) -> None:
    """In every way, each by many at once; others are served meanwhile."""
    before = len(edge.logged())
    attackers = [asyncio.ensure_future(attack(edge.address)) for attack in ATTACKS for _ in range(MANY)]
    await asyncio.sleep(PACE)
    await good_request(edge)
    await asyncio.gather(*attackers)
    assert await logged(edge, "header_timeout", after=before)


async def test_a_body_that_never_ends(edge: RunningEdge) -> None:
    """A method has its deadline, however the time goes by."""
    before = len(edge.logged())
    begun = time.monotonic()
    async with greeted(edge.address) as connection:
        await connection.send(connection.asked(1, GRPC, "END_HEADERS"))
        for _ in range(int(METHOD_WITHIN / PACE) - 1):
            await connection.send(DataFrame(1, b"\0"))
            await asyncio.sleep(PACE)
        conversation = await connection.heard()
    assert [block.get("grpc-status") for block in conversation.headers] == ["4"]
    assert time.monotonic() - begun < METHOD_WITHIN + 2
    line = await logged(edge, from_port(connection.port), after=before)
    assert "max_duration_timeout" in line or "grpc_status=DeadlineExceeded" in line, "whoever was first"


async def test_a_body_of_rest_is_bounded_as_well(edge: RunningEdge) -> None:
    """What is there of a body is held until the rest comes, for a minute at most: the test does not wait for that."""
    config = await edge.ask_admin("/config_dump?resource=dynamic_route_configs")
    assert f'"max_stream_duration": "{PAGE_WITHIN}s"' in config
    async with connected(edge.address) as wire:
        await wire.send(request(b"POST /v1/hotels:search HTTP/1.1", b"content-type: application/json", ANY_LENGTH))
        await wire.send(b'{"city": "')
        await good_request(edge)


async def test_answers_that_nobody_reads(edge: RunningEdge) -> None:
    """Each connection asks for more than sockets hold, and takes nothing: the edge stops reading from it."""
    async with asyncio.timeout(30):
        wires = [await asyncio.wait_for(_deaf(edge.address), 5) for _ in range(20)]
    await good_request(edge)
    for wire in wires:
        wire.writer.transport.abort()


async def _deaf(address: str) -> Wire:
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1)
    wire = Wire(reader, writer)
    for _ in range(200):
        writer.write(request(b"GET /openapi.json HTTP/1.1"))
    return wire
