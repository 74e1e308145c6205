"""How large a request may be, and how many connections there may be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import grpc
import httpx
import pytest

from chassis.addresses import parted
from innkeeper.bank.v1.bank_pb2 import CaptureRequest
from innkeeper.bank.v1.bank_pb2_grpc import BankServiceStub
from services.registry.edge.connection_manager import MOST_HEADERS
from tests.edge import RunningEdge, StartEdge
from tests.errors import refused
from tests.service.registry.edge.echo import ECHO

pytestmark = pytest.mark.asyncio(loop_scope="session")

LARGE = b'{"text": "' + b"x" * 1024 * 1024 + b'"}'

DEEP = b'{"email": ' * 1000

REFUSED: dict[str, tuple[int, str, dict[str, Any]]] = {
    "a large body for a page": (413, "REQUEST_TOO_LARGE", {"method": "POST", "url": "/page", "content": LARGE}),
    "a large body for a method": (413, "REQUEST_TOO_LARGE", {"method": "POST", "url": "/v1/hotels", "content": LARGE}),
    "large headers": (431, "REQUEST_TOO_LARGE", {"headers": {"x-large": "x" * 40_000}}),
    "many headers": (431, "REQUEST_TOO_LARGE", {"headers": {f"x-{n}": "x" for n in range(MOST_HEADERS + 1)}}),
    "underscores": (400, "REQUEST_MALFORMED", {"headers": {"content_length": "1"}}),
    "a slash in a name": (400, "REQUEST_MALFORMED", {"url": "/v1/hotels%2Fgrand"}),
    "no such parameter": (400, "REQUEST_MALFORMED", {"url": "/v1/hotels", "params": {"pagesize": "1"}}),
    "another type": (400, "REQUEST_MALFORMED", {"method": "POST", "url": "/v1/accounts:signIn", "content": b"[1]"}),
    "deep nesting": (400, "REQUEST_MALFORMED", {"method": "POST", "url": "/v1/accounts:signIn", "content": DEEP}),
    "no JSON": (400, "REQUEST_MALFORMED", {"method": "POST", "url": "/v1/accounts:signIn", "content": b"{"}),
    "no text": (
        400,
        "REQUEST_MALFORMED",
        {"method": "POST", "url": "/v1/accounts:signIn", "content": b'{"hotel": "\xff"}'},
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_refused(edge: RunningEdge, case: str) -> None:
    status, reason, request = REFUSED[case]
    async with edge.http() as client:
        answer = await client.request(**{"method": "GET", "url": "/healthz", **request})
    said = answer.json()
    assert (answer.status_code, said["details"][0]["reason"]) == (status, reason), answer.text
    assert said["details"][0]["domain"] == "innkeeper.errors.v1"
    assert said["message"]


async def test_who_sends_something_wrong_is_told_what(edge: RunningEdge) -> None:
    async with edge.http() as client:
        answer = await client.get("/v1/hotels", params={"pagesize": "1"})
    assert '"pagesize"' in answer.json()["message"]


@pytest.mark.parametrize("path", ["/v1/../healthz", "//healthz", "/./healthz"])
async def test_a_path_is_what_it_comes_to(edge: RunningEdge, path: str) -> None:
    host, port = parted(edge.address)
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    await writer.wait_closed()
    assert b"200 OK" in answer
    assert b'{"healthy":true}' in answer


async def test_a_method_for_services_is_reached_by_no_protocol(edge: RunningEdge) -> None:
    path = "/innkeeper.bank.v1.BankService/Capture"
    async with edge.channel() as channel, refused(grpc.StatusCode.UNIMPLEMENTED, "METHOD_NOT_OFFERED"):
        await BankServiceStub(channel).Capture(CaptureRequest())
    async with edge.http() as client:
        by_web = await client.post(path, content=bytes(5), headers={"content-type": "application/grpc-web+proto"})
        by_rest = await client.post(path, json={})
    assert (by_web.status_code, by_web.headers["grpc-status"]) == (200, "12")
    assert by_rest.status_code == 404


async def test_discovery_is_not_for_those_outside(edge: RunningEdge) -> None:
    """The registry's port speaks it; the edge leads there for reflection and health alone."""
    path = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources"
    async with edge.channel() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await channel.unary_unary(path)(b"")
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.asyncio
async def test_connections_are_bounded(start_edge: StartEdge) -> None:
    edge = await start_edge("registry", "web", altered={"web": ECHO}, options={"max_connections": 3})
    host, port = parted(edge.address)
    await _connections(edge, 0)
    async with AsyncExitStack() as stack:
        for _ in range(8):
            await stack.enter_async_context(_connected(host, port))
        await _connections(edge, 3)
        async with edge.http() as client:
            with pytest.raises(httpx.TransportError):
                await client.get("/page")
    await _connections(edge, 0)
    async with edge.http() as client:
        assert (await client.get("/page")).status_code == 200


@asynccontextmanager
async def _connected(host: str, port: int) -> AsyncIterator[None]:
    _, writer = await asyncio.open_connection(host, port)
    try:
        yield
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _connections(edge: RunningEdge, count: int) -> None:
    """Returns when the edge has so many of them."""
    active = -1
    async with asyncio.timeout(20):
        while active != count:
            stats = json.loads(await edge.ask_admin("/stats?format=json&filter=^http.edge.downstream_cx_active$"))
            (active,) = [stat["value"] for stat in stats["stats"]]
