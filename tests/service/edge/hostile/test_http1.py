"""Requests of HTTP/1.1 that are wrong, by the bytes."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.edge import RunningEdge
from tests.service.edge.hostile.conftest import from_port, logged
from tests.service.edge.hostile.requests import FRAMING, HEADERS, LINES, MENDED, PATHS, SOCKETS
from tests.service.edge.hostile.wire import connected, request

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("unharmed")]

LARGE: Final = 64 << 20


def table(cases: dict[str, bytes]) -> Any:
    return pytest.mark.parametrize("sent", [pytest.param(sent, id=name) for name, sent in cases.items()])


@table(FRAMING | LINES | SOCKETS)
async def test_what_is_no_request(edge: RunningEdge, sent: bytes) -> None:
    """Refused, and what comes behind it on the same connection is not answered as if it were a request."""
    before = len(edge.logged())
    async with connected(edge.address) as wire:
        await wire.send(sent)
        answer = await wire.answer()
        assert answer.refused, answer
    assert await logged(edge, from_port(wire.port), after=before)


@table(MENDED)
async def test_what_is_made_a_good_request(edge: RunningEdge, sent: bytes) -> None:
    """One request has one answer, and the next one on the connection its own."""
    async with connected(edge.address) as wire:
        await wire.send(sent)
        assert (await wire.answer()).status == 200
        await wire.send(request(b"GET /v1/none HTTP/1.1"))
        assert (await wire.answer()).status == 404
        await wire.send(request(b"GET /v1/jwks HTTP/1.1"))
        assert b'"keys"' in (await wire.answer()).body


@table(PATHS)
async def test_paths_that_lead_nowhere(edge: RunningEdge, sent: bytes) -> None:
    before = len(edge.logged())
    async with connected(edge.address) as wire:
        await wire.send(request(b"GET %s HTTP/1.1" % sent))
        answer = await wire.answer()
    assert answer.refused, answer
    assert b"root:" not in answer.body
    assert await logged(edge, from_port(wire.port), after=before)


@table(HEADERS)
async def test_too_much_of_headers(edge: RunningEdge, sent: bytes) -> None:
    before = len(edge.logged())
    async with connected(edge.address) as wire:
        await wire.send(sent)
        answer = await wire.answer()
    assert answer.status in (0, 431), answer
    assert await logged(edge, from_port(wire.port), after=before)


@pytest.mark.parametrize("path", [b"/v1/hotels:search", b"/v1/accounts", b"/docs"], ids=["search", "sign-up", "a page"])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
async def test_a_body_that_is_too_large(edge: RunningEdge, path: bytes, chunked: bool) -> None:
    """Refused before all of it was sent."""
    before = len(edge.logged())
    sized = b"transfer-encoding: chunked" if chunked else b"content-length: %d" % LARGE
    async with connected(edge.address) as wire:
        await wire.send(request(b"POST %s HTTP/1.1" % path, b"content-type: application/json", sized))
        piece = b'{"city": "' + b"a" * ((1 << 20) - 10)
        for _ in range(LARGE >> 20):
            await wire.send(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            if wire.hung_up:
                break
            piece = b"a" * (1 << 20)
        else:
            pytest.fail("all of it was read")
        answer = await wire.answer()
    assert answer.status in (0, 413), answer
    assert await logged(edge, from_port(wire.port), after=before)
