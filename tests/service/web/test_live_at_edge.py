"""The same feed through the edge: by WebSocket as a browser opens one, and line by line by REST."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

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


async def test_what_a_user_is_told_and_has_read(envoy: Path, tmp_path: Path) -> None:
    scopes = ("notifications.read", "notifications.write")
    async with platform_behind_edge(tmp_path) as edge:
        desk = await Desk(running=edge.platform).open()
        path, token = "/v1/users/ada/notifications", edge.platform.token("users/ada", scopes)
        async with opened(edge.address, path, token) as client, edge.http(token=token) as http:
            await client.until("CURRENT")
            booked = await desk.book()
            told = (await client.until("CREATED"))[-1]
            async with http.stream("GET", f"{path}:watch") as stream:
                assert json.loads(await anext(stream.aiter_lines())) == told
            assert (await http.get(path)).json()["notifications"] == [told["notification"]]
            assert told["notification"]["booking"] == booked.name
            read = await http.post(f"{path}:markRead", json={}, headers={"Idempotency-Key": str(uuid4())})
            assert (read.status_code, read.json()) == (200, {"marked": 1})
            assert (await http.get(path, params={"unreadOnly": "true"})).json()["notifications"] == []
        bob = edge.platform.token("users/bob", scopes)
        assert await refusal(edge.address, path, bob) == (404, "RESOURCE_NOT_FOUND")
