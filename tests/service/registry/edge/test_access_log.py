"""What the edge writes of requests."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.edge import RunningEdge, StartEdge
from tests.service.registry.edge.echo import ECHO

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
