"""What users are told, by WebSocket: the protocol is that of bookings, the feed another one."""

from __future__ import annotations

import pytest

from tests.conftest import RunningPlatform, StartPlatform
from tests.service.booking.desk import Desk
from tests.service.web.conftest import BEHIND
from tests.service.web.live import Client, Message, kinds, opened, refusal

PATH = "/v1/users/ada/notifications"
READ = ("notifications.read",)


@pytest.fixture
async def running(platform: StartPlatform) -> RunningPlatform:
    return await platform(*BEHIND, "notifications", "web")


def at(desk: Desk) -> str:
    return desk.running.platform.http_address


def ada(desk: Desk, *scopes: str) -> str:
    return desk.running.token("users/ada", scopes or READ)


async def told(client: Client, kind: str) -> list[Message]:
    """All that came, as soon as something of that kind has."""
    while (await client.next()).get("notification", {}).get("kind") != f"KIND_{kind}":
        pass
    return client.messages


async def test_what_happens_to_bookings_is_told_as_it_happens(desk: Desk) -> None:
    async with opened(at(desk), PATH, ada(desk)) as client:
        assert kinds(await client.until("CURRENT")) == ["CURRENT"]
        booked = await desk.book()
        event = (await told(client, "BOOKING_CONFIRMED"))[-1]
        name = f"users/ada/notifications/{event['id']}"
        assert event | {"notification": event["notification"] | {"occurTime": ""}} == {
            "id": event["id"],
            "type": "TYPE_CREATED",
            "user": "users/ada",
            "notification": {
                "name": name,
                "kind": "KIND_BOOKING_CONFIRMED",
                "booking": booked.name,
                "occurTime": "",
            },
        }
        await desk.cancel(booked.name)
        assert (await told(client, "BOOKING_CANCELLED"))[-1]["notification"]["booking"] == booked.name


async def test_it_goes_on_after_any_of_them(desk: Desk) -> None:
    booked = await desk.book()
    await desk.cancel(booked.name)
    await desk.running.settled()
    async with opened(at(desk), PATH, ada(desk)) as client:
        whole = [message["id"] for message in await client.until("CURRENT")][:-1]
    assert len(whole) == 3  # confirmed, cancelled, paid back
    for place, last in enumerate(whole):
        async with opened(at(desk), f"{PATH}?afterEvent={last}", ada(desk)) as client:
            assert [message["id"] for message in await client.until("CURRENT")][:-1] == whole[place + 1 :]


async def test_a_user_who_watches_both_feeds_hears_of_each_in_its_own(desk: Desk) -> None:
    token = ada(desk, "bookings.read", "notifications.read")
    async with opened(at(desk), PATH, token) as client, opened(at(desk), "/v1/users/ada/events", token) as other:
        await client.until("CURRENT")
        await other.until("CURRENT")
        await desk.book()
        await told(client, "BOOKING_CONFIRMED")
        await other.until("CONFIRMED")
    assert kinds(client.messages) == ["CURRENT", "CREATED"]
    assert all("notification" not in message for message in other.messages)


async def test_clients_are_answered_and_renew_their_tokens(desk: Desk) -> None:
    async with opened(at(desk), PATH, ada(desk)) as client:
        await client.next()
        await client.say({"ping": 1})
        assert await client.next() == {"pong": 1}
        await client.say({"token": ada(desk)})
        assert await client.next() == {"renewed": True}
        await client.say({"token": ada(desk, "bookings.read")})
        assert (await client.closed())[0] == 4403


async def test_who_is_not_let_in(desk: Desk) -> None:
    bob = desk.running.token("users/bob", READ)
    assert await refusal(at(desk), PATH) == (401, "TOKEN_MISSING")
    assert await refusal(at(desk), PATH, ada(desk, "bookings.read")) == (403, "SCOPE_MISSING")
    assert await refusal(at(desk), PATH, bob) == (404, "RESOURCE_NOT_FOUND")
    assert await refusal(at(desk), f"{PATH}?afterEvent=1000000", ada(desk)) == (400, "EVENT_NOT_KEPT")
