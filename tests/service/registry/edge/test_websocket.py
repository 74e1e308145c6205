"""WebSockets through the edge."""

from __future__ import annotations

import json
from typing import Any

import pytest
import websockets

from tests.edge import RunningEdge

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATH = "/v1/bookings/ada/events"


def connecting(edge: RunningEdge, **options: Any) -> websockets.connect:
    return websockets.connect(f"ws://{edge.address}{PATH}", proxy=None, **options)


def subprotocols(token: str) -> list[websockets.Subprotocol]:
    return [websockets.Subprotocol(name) for name in ("innkeeper.v1", f"bearer.{token}")]


async def test_a_browser_brings_the_token_as_a_subprotocol(echoing: RunningEdge) -> None:
    token = echoing.platform.token()
    async with connecting(echoing, subprotocols=subprotocols(token)) as socket:
        headers = json.loads(await socket.recv())
        await socket.send("hello")
        assert await socket.recv() == "hello"
        assert socket.subprotocol == "innkeeper.v1"
    assert token in headers["sec-websocket-protocol"], "the service checks it again"


async def test_others_bring_it_as_always(echoing: RunningEdge) -> None:
    authorization = {"authorization": f"Bearer {echoing.platform.token()}", "x-innkeeper-end-user": "smuggled"}
    async with connecting(echoing, additional_headers=authorization) as socket:
        assert "smuggled" not in json.loads(await socket.recv()).values()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param({}, "TOKEN_MISSING", id="none"),
        pytest.param({"subprotocols": subprotocols("a.b.c")}, "TOKEN_INVALID", id="a bad one"),
        pytest.param({"additional_headers": {"authorization": "Bearer a.b.c"}}, "TOKEN_INVALID", id="a bad header"),
    ],
)
async def test_no_good_token(echoing: RunningEdge, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as raised:
        async with connecting(echoing, **options):
            pass
    assert raised.value.response.status_code == 401
    assert json.loads(raised.value.response.body)["details"][0]["reason"] == reason


async def test_no_method_is_reached_by_an_upgrade(echoing: RunningEdge) -> None:
    """What asks for an upgrade goes to web, whatever its path: with a token it is heard there, and nowhere else."""
    upgrade = {"upgrade": "websocket", "connection": "upgrade", "content-type": "application/grpc"}
    path = "/innkeeper.hotels.v1.HotelsService/ListHotels"
    async with echoing.http(headers=upgrade) as client:
        assert (await client.post(path)).headers["grpc-status"] == "16"
    async with echoing.http(headers=upgrade, token=echoing.platform.token()) as client:
        answer = await client.post(path)
    assert not answer.headers.get("content-type", "").startswith("application/grpc")
    assert answer.status_code >= 400
