"""What the edge writes of requests."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import grpc
import pytest
import websockets
from grpc_reflection.v1alpha import reflection_pb2

from chassis.addresses import parted
from tests.edge import RunningEdge, StartEdge
from tests.service.registry.edge.conftest import ORIGIN
from tests.service.registry.edge.echo import ECHO
from tests.service.registry.edge.test_websocket import PATH, connecting, subprotocols

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def written(edge: RunningEdge, path: str) -> str:
    """The first line on that path, as soon as it is there."""
    async with asyncio.timeout(20):
        while True:
            lines = [line for line in edge.logged() if f"path={path} " in line]
            if lines:
                return lines[0]
            await asyncio.sleep(0.02)


async def test_what_the_edge_answers_itself_is_logged(echoing: RunningEdge) -> None:
    token = echoing.platform.token(expires_in=-60)
    async with echoing.http(token=token) as client:
        await client.get("/feed?secret=hush")
        line = await written(echoing, "/feed")
        assert "status=401" in line
        assert "Jwt_is_expired" in line
        assert "hush" not in line
        assert token not in line


async def test_what_a_service_answers_well_is_not(echoing: RunningEdge) -> None:
    async with echoing.http() as client:
        await client.get("/v1/hotels")
        await client.get("/nothing-to-log")
        await client.delete("/page-that-nobody-may-delete")
    assert "status=405" in await written(echoing, "/page-that-nobody-may-delete")
    assert not [line for line in echoing.logged() if "/nothing-to-log" in line or "path=/v1/hotels " in line]


async def test_who_goes_away_before_the_answer_is_logged(echoing: RunningEdge) -> None:
    _, writer = await asyncio.open_connection(*parted(echoing.address))
    writer.write(b"POST /gone HTTP/1.1\r\nhost: edge\r\ncontent-length: 10\r\n\r\nhalf")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert "downstream_remote_disconnect" in await written(echoing, "/gone")


async def test_a_call_by_rest_is_logged_as_it_came(echoing: RunningEdge) -> None:
    async with echoing.http() as client:
        await client.get("/v1/users/ada")
    assert "method=GET path=/v1/users/ada status=401" in await written(echoing, "/v1/users/ada")


@pytest.mark.parametrize("ending", ["by the caller", "by the service", "without a word"])
async def test_a_websocket_that_was_opened_is_not(echoing: RunningEdge, ending: str) -> None:
    token = echoing.platform.token()
    async with connecting(echoing, subprotocols=subprotocols(token)) as socket:
        await socket.recv()
        if ending == "by the service":
            await socket.send("leave")
            await socket.wait_closed()
        elif ending == "without a word":
            socket.transport.abort()
    async with echoing.http() as client:
        await client.delete(f"/after/{quote(ending)}")
    await written(echoing, f"/after/{quote(ending)}")
    assert not [line for line in echoing.logged() if "status=101" in line]


async def test_a_websocket_that_was_refused_is(echoing: RunningEdge) -> None:
    with pytest.raises(websockets.InvalidStatus):
        async with connecting(echoing):
            pass
    assert "method=GET path=/v1/bookings/ada/events status=401" in await written(echoing, PATH)


async def test_questions_that_are_answered_are_not(echoing: RunningEdge) -> None:
    """Whether a page may call, and which version of reflection there is."""
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    async with echoing.http(headers={"origin": ORIGIN, "access-control-request-method": "GET"}) as client:
        await client.options("/asked-first")
    async with echoing.channel() as channel:
        method = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
        call = channel.stream_stream(method, reflection_pb2.ServerReflectionRequest.SerializeToString)
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await call(iter([asked])).read()
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED
    async with echoing.http() as client:
        await client.delete("/asked-last")
    await written(echoing, "/asked-last")
    assert not [line for line in echoing.logged() if "/asked-first" in line or "grpc.reflection" in line]


@pytest.mark.asyncio
async def test_as_json(start_edge: StartEdge) -> None:
    edge = await start_edge("registry", "hotels", "web", altered={"web": ECHO}, options={"access_log": "json"})
    async with edge.http() as client:
        await client.get("/v1/hotels?pagesize=1")

    def said() -> list[dict[str, Any]]:
        return [event for line in edge.logged() if (event := json.loads(line)).get("event") == "request"]

    async with asyncio.timeout(20):
        while not said():  # noqa: ASYNC110 - what is waited for happens in Envoy
            await asyncio.sleep(0.02)
    (event,) = said()
    assert (event["method"], event["path"], event["status"]) == ("GET", "/v1/hotels", 400)
    assert event["logger"] == "edge"
