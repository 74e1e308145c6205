"""Live changes by WebSocket: what comes, how it goes on after a cut, and how it ends."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from clients.cli.supervisor.ports import free_port
from tests.conftest import StartPlatform, declared, identity_of, started
from tests.service.booking.desk import Desk
from tests.service.web.conftest import BEHIND
from tests.service.web.live import ids, kinds, opened, refusal

MADE = ["CREATED", "PAYMENT_CHANGED", "CONFIRMED", "PAYMENT_CHANGED"]
READ = ("bookings.read",)


def at(desk: Desk) -> str:
    return desk.running.platform.http_address


def ada(desk: Desk, **claims: float) -> str:
    """A token of users/ada that is good for watching and no more."""
    return desk.running.token("users/ada", READ, **claims)


async def test_what_happens_to_a_booking(desk: Desk) -> None:
    booked = await desk.book()
    async with opened(at(desk), f"/v1/{booked.name}/events", ada(desk)) as client:
        history = await client.until("CURRENT")
        assert kinds(history) == [*MADE, "CURRENT"]
        assert history[-2] == {
            "id": history[-1]["id"],
            "booking": booked.name,
            "user": "users/ada",
            "type": "TYPE_PAYMENT_CHANGED",
            "state": "STATE_CONFIRMED",
            "paymentState": "PAYMENT_STATE_CAPTURED",
            "etag": booked.etag,
            "occurTime": booked.update_time.ToJsonString(),
        }
        await desk.cancel(booked.name)
        assert kinds(await client.until("PAYMENT_CHANGED")) == [*MADE, "CURRENT", "CANCELLED", "PAYMENT_CHANGED"]
        assert ids(client.messages) == sorted(set(ids(client.messages)))


async def test_what_happens_to_all_bookings_of_a_user(desk: Desk) -> None:
    async with opened(at(desk), "/v1/users/ada/events", ada(desk)) as client:
        assert kinds([await client.next()]) == ["CURRENT"]
        booked = [await desk.book(), await desk.book()]
        for _ in booked:
            await client.until("CONFIRMED")
        assert (await client.next())["booking"] == booked[1].name
    assert kinds(client.messages) == ["CURRENT", *MADE, *MADE]


async def test_a_browser_brings_its_token_among_the_subprotocols(desk: Desk) -> None:
    protocols = ["innkeeper.v1", f"bearer.{ada(desk)}"]
    async with opened(at(desk), "/v1/users/ada/events", subprotocols=protocols) as client:
        assert client.socket.subprotocol == "innkeeper.v1"
        assert kinds([await client.next()]) == ["CURRENT"]


@pytest.mark.parametrize("by_header", [False, True], ids=["query", "header"])
async def test_it_goes_on_after_any_event(desk: Desk, by_header: bool) -> None:
    await desk.cancel((await desk.book()).name)
    async with opened(at(desk), "/v1/users/ada/events", ada(desk)) as client:
        whole = ids(await client.until("CURRENT"))
    for place, last in enumerate(whole):
        path = "/v1/users/ada/events" if by_header else f"/v1/users/ada/events?afterEvent={last}"
        headers = {"Last-Event-ID": str(last)} if by_header else {}
        async with opened(at(desk), path, ada(desk), headers=headers) as client:
            assert ids(await client.until("CURRENT")) == whole[place + 1 :]


async def test_clients_are_answered(desk: Desk) -> None:
    async with opened(at(desk), "/v1/users/ada/events", ada(desk)) as client:
        await client.next()
        for said in (1, "two", {"three": [3]}, None):
            await client.say({"ping": said})
            assert await client.next() == {"pong": said}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param("{", 4400, id="no JSON"),
        pytest.param("[1]", 4400, id="no object"),
        pytest.param({}, 4400, id="nothing"),
        pytest.param({"pong": 1}, 4400, id="unknown"),
        pytest.param({"ping": 1, "token": "x"}, 4400, id="both"),
        pytest.param({"token": 1}, 4400, id="no text"),
        pytest.param('{"ping":' + "[" * 20_000 + "]" * 20_000 + "}", 4400, id="deep"),
        pytest.param(b'{"ping":1}', 4400, id="binary"),
        pytest.param({"ping": "x" * 70_000}, 1009, id="too large"),
    ],
)
async def test_a_message_that_is_none_ends_it(desk: Desk, said: object, code: int) -> None:
    async with opened(at(desk), "/v1/users/ada/events", ada(desk)) as client:
        await client.next()
        await client.say(said)
        assert (await client.closed())[0] == code


async def test_it_ends_with_its_token(desk: Desk) -> None:
    async with opened(at(desk), "/v1/users/ada/events", ada(desk, expires_in=2)) as client:
        await client.next()
        assert await client.closed() == (4401, "the access token has expired")


async def test_a_token_is_renewed(desk: Desk) -> None:
    async with opened(at(desk), "/v1/users/ada/events", ada(desk, expires_in=2)) as client:
        await client.next()
        await client.say({"token": ada(desk)})
        assert await client.next() == {"renewed": True}
        await asyncio.sleep(2)  # until the first has run out
        await desk.book()
        assert kinds(await client.until("CONFIRMED")) == ["CURRENT", *MADE[:3]]


@pytest.mark.parametrize(
    ("subject", "scopes", "seconds", "code"),
    [
        pytest.param("users/ada", READ, -1, 4401, id="expired"),
        pytest.param("users/ada", (), 60, 4403, id="scope"),
        pytest.param("users/bob", READ, 60, 4403, id="another user"),
    ],
)
async def test_a_token_that_does_not_take_the_place(
    desk: Desk, subject: str, scopes: tuple[str, ...], seconds: float, code: int
) -> None:
    async with opened(at(desk), "/v1/users/ada/events", ada(desk)) as client:
        await client.next()
        await client.say({"token": desk.running.token(subject, scopes, expires_in=seconds)})
        assert (await client.closed())[0] == code


async def test_who_is_not_let_in(desk: Desk) -> None:
    booked, token, running = await desk.book(), ada(desk), desk.running
    bob, expired = running.token("users/bob", READ), ada(desk, expires_in=-1)
    path = f"/v1/{booked.name}/events"
    assert await refusal(at(desk), path) == (401, "TOKEN_MISSING")
    assert await refusal(at(desk), f"{path}?access_token={token}") == (401, "TOKEN_MISSING")
    assert await refusal(at(desk), path, "no.access.token") == (401, "TOKEN_INVALID")
    assert await refusal(at(desk), path, expired) == (401, "TOKEN_EXPIRED")
    by_protocol = ["innkeeper.v1", f"bearer.{expired}"]
    assert await refusal(at(desk), path, subprotocols=by_protocol) == (401, "TOKEN_EXPIRED")
    assert await refusal(at(desk), path, running.token("users/ada")) == (403, "SCOPE_MISSING")
    assert await refusal(at(desk), path, bob) == (404, "RESOURCE_NOT_FOUND")
    assert await refusal(at(desk), "/v1/users/ada/events", bob) == (404, "RESOURCE_NOT_FOUND")
    assert await refusal(at(desk), "/v1/bookings/none/events", token) == (404, "RESOURCE_NOT_FOUND")
    assert await refusal(at(desk), "/v1/bookings/NONE/events", token) == (400, "INVALID_FIELD")


async def test_staff_watches_everybody(desk: Desk) -> None:
    booked = await desk.book()
    staff = desk.running.token("users/staff", (*READ, "admin"))
    for path in (f"/v1/{booked.name}/events", "/v1/users/ada/events"):
        async with opened(at(desk), path, staff) as client:
            assert kinds(await client.until("CURRENT")) == [*MADE, "CURRENT"]


@pytest.mark.parametrize(
    ("after", "reason"),
    [("1000000", "EVENT_NOT_KEPT"), ("-1", "INVALID_FIELD"), ("x", "INVALID_FIELD"), ("9" * 40, "INVALID_FIELD")],
)
async def test_a_place_from_which_nothing_goes_on(desk: Desk, after: str, reason: str) -> None:
    assert await refusal(at(desk), f"/v1/users/ada/events?afterEvent={after}", ada(desk)) == (400, reason)


async def test_a_page_of_somebody_else(desk: Desk) -> None:
    path = "/v1/users/ada/events"
    for mine in (desk.running.platform.settings.public_url, f"http://{at(desk)}"):
        async with opened(at(desk), path, ada(desk), origin=mine) as client:
            await client.next()
    for others in ("https://mallory.example", "null"):
        assert await refusal(at(desk), path, ada(desk), origin=others) == (403, "NOT_ALLOWED")


async def test_a_user_has_so_many_and_no_more(platform: StartPlatform) -> None:
    running = await platform(*BEHIND, "web", elsewhere=("auth",), live_connections_per_user=1, live_connections=2)
    path, address = "/v1/users/{}/events", running.platform.http_address
    tokens = {user: running.token(f"users/{user}", READ) for user in ("ada", "bob", "eve")}
    async with opened(address, path.format("ada"), tokens["ada"]):
        assert await refusal(address, path.format("ada"), tokens["ada"]) == (429, "RATE_LIMITED")
        async with opened(address, path.format("bob"), tokens["bob"]):
            assert await refusal(address, path.format("eve"), tokens["eve"]) == (503, "OVERLOADED")
    async with opened(address, path.format("ada"), tokens["ada"]):
        pass


async def test_a_client_does_not_notice_that_the_booking_service_restarts(tmp_path: Path) -> None:
    identity = identity_of([declared(name) for name in (*BEHIND, "auth", "web")])
    port, path = free_port("127.0.0.1"), "/v1/users/ada/events"
    addresses = json.dumps({"booking": f"127.0.0.1:{port}"})
    elsewhere = (*BEHIND, "auth")
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(
            started(tmp_path / "web", ["web"], elsewhere=elsewhere, identity=identity, addresses=addresses)
        )
        token = web.token("users/ada", READ)
        async with started(tmp_path / "behind", BEHIND, identity=identity, port=port) as running:
            desk = await Desk(running=running).open()
            client = await stack.enter_async_context(opened(web.platform.http_address, path, token))
            await client.until("CURRENT")
            booked = await desk.book()
        async with started(tmp_path / "behind", BEHIND, identity=identity, port=port) as running:
            await Desk(running=running).cancel(booked.name)
            assert kinds(await client.until("CANCELLED")) == ["CURRENT", *MADE, "CANCELLED"]


async def test_a_client_is_told_that_the_server_stops(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        async with started(tmp_path, (*BEHIND, "web"), elsewhere=("auth",)) as running:
            opening = opened(running.platform.http_address, "/v1/users/ada/events", running.token("users/ada", READ))
            client = await stack.enter_async_context(opening)
            await client.until("CURRENT")
        assert (await client.closed())[0] == 1001
