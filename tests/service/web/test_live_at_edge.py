"""The same feed through the edge: by WebSocket as a browser opens one, and line by line by REST."""

from __future__ import annotations

import json
from pathlib import Path

from tests.edge import platform_behind_edge
from tests.service.booking.desk import Desk
from tests.service.web.live import kinds, opened, refusal

MADE = ["CREATED", "PAYMENT_CHANGED", "CONFIRMED", "PAYMENT_CHANGED"]


async def test_a_browser_and_a_script_see_the_same(envoy: Path, tmp_path: Path) -> None:
    async with platform_behind_edge(tmp_path) as edge:
        desk = await Desk(running=edge.platform).open()
        booked = await desk.book()
        path, token = f"/v1/{booked.name}/events", edge.platform.token("users/ada", ("bookings.read",))
        protocols = ["innkeeper.v1", f"bearer.{token}"]
        async with opened(edge.address, path, subprotocols=protocols) as client, edge.http(token=token) as http:
            assert client.socket.subprotocol == "innkeeper.v1"
            assert kinds(await client.until("CURRENT")) == [*MADE, "CURRENT"]
            async with http.stream("GET", path) as stream:
                lines = stream.aiter_lines()
                told = [json.loads(await anext(lines)) for _ in range(5)]
            assert told == client.messages
            await desk.cancel(booked.name)
            assert kinds(await client.until("CANCELLED")) == [*MADE, "CURRENT", "CANCELLED"]
        bob = edge.platform.token("users/bob", ("bookings.read",))
        assert await refusal(edge.address, path, bob) == (404, "RESOURCE_NOT_FOUND")
        assert await refusal(edge.address, path) == (401, "TOKEN_MISSING")
