"""What users are told about their bookings: in lists, live, and as read or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import grpc
import pytest

from innkeeper.notifications.v1 import feed_pb2
from innkeeper.notifications.v1.feed_pb2 import Notification, NotificationEvent
from innkeeper.notifications.v1.notifications_pb2_grpc import NotificationsServiceStub
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.service.booking.desk import Desk, key

WITHIN = 10.0
SCOPES = ("notifications.read", "notifications.write")


@pytest.fixture
async def desk(platform: StartPlatform) -> Desk:
    return await Desk(running=await platform("bank", "payments", "hotels", "booking", "notifications")).open()


def feed(desk: Desk, user: str = "users/ada", scopes: tuple[str, ...] = SCOPES) -> NotificationsServiceStub:
    return desk.running.stub(NotificationsServiceStub, token=desk.running.token(user, scopes))


async def listed(stub: NotificationsServiceStub, **asked: Any) -> list[Notification]:
    request = feed_pb2.ListNotificationsRequest(parent="users/ada", **asked)
    return list((await stub.ListNotifications(request)).notifications)


async def watched(stub: NotificationsServiceStub, until: int, after: int = 0) -> list[NotificationEvent]:
    """What a watch brings, up to the notification of that kind; of 0, up to where it is current."""
    request, events = feed_pb2.WatchNotificationsRequest(user="users/ada", after_event=after), []
    stream = cast("AsyncGenerator[NotificationEvent, None]", stub.WatchNotifications(request))
    async with asyncio.timeout(WITHIN), aclosing(stream):
        async for event in stream:
            events.append(event)
            if event.type == NotificationEvent.TYPE_CURRENT if not until else event.notification.kind == until:
                break
    return events


def kinds(notifications: list[Notification]) -> list[str]:
    return [Notification.Kind.Name(notification.kind).removeprefix("KIND_") for notification in notifications]


async def test_what_happens_to_bookings_is_told_once_in_a_list(desk: Desk) -> None:
    booked, other = await desk.book(), await desk.book()
    await desk.cancel(booked.name)
    with pytest.raises(grpc.aio.AioRpcError):
        await desk.book("tok_decline")
    await desk.running.settled()
    found = await listed(feed(desk))
    assert sorted(kinds([each for each in found if each.booking == booked.name])) == [
        "BOOKING_CANCELLED",
        "BOOKING_CONFIRMED",
        "PAYMENT_REFUNDED",
    ]
    assert kinds([each for each in found if each.booking == other.name]) == ["BOOKING_CONFIRMED"]
    assert kinds(found).count("BOOKING_FAILED") == 1
    assert len(found) == 5
    assert await listed(feed(desk), page_size=2) == found[:2]


async def test_what_was_read(desk: Desk) -> None:
    await desk.book()
    await desk.book()
    await desk.running.settled()
    stub = feed(desk)
    newest, oldest = await listed(stub, unread_only=True)
    through = int(oldest.name.rpartition("/")[2])
    request = feed_pb2.MarkNotificationsReadRequest(parent="users/ada", through_event=through, request_id=key())
    for _ in range(2):  # a repeated request has the same answer
        assert (await stub.MarkNotificationsRead(request)).marked == 1
    assert await listed(stub, unread_only=True) == [newest]
    assert [each.HasField("read_time") for each in await listed(stub)] == [False, True]


async def test_a_watch_brings_what_there_is_and_what_comes_and_goes_on_after_a_cut(desk: Desk) -> None:
    booked, stub = await desk.book(), feed(desk)
    first = await watched(stub, Notification.KIND_BOOKING_CONFIRMED)
    assert [(event.user, event.notification.booking) for event in first][-1] == ("users/ada", booked.name)
    history = await watched(stub, 0)
    assert [event.type for event in history] == [NotificationEvent.TYPE_CREATED, NotificationEvent.TYPE_CURRENT]
    watching = asyncio.create_task(watched(stub, Notification.KIND_BOOKING_CANCELLED, after=history[-1].id))
    await desk.cancel(booked.name)
    events = await watching
    assert events[0].type == NotificationEvent.TYPE_CURRENT
    assert all(event.id > history[-1].id for event in events[1:])
    assert [event.notification for event in events if event.id == events[-1].id][-1] in await listed(stub)


async def test_what_somebody_else_is_told(desk: Desk) -> None:
    await desk.book()
    await desk.running.settled()
    bob, staff = feed(desk, "users/bob"), feed(desk, "users/staff", (*SCOPES, "admin"))
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await listed(bob)
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await watched(bob, 0)
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await bob.MarkNotificationsRead(feed_pb2.MarkNotificationsReadRequest(parent="users/ada", request_id=key()))
    assert kinds(await listed(staff)) == ["BOOKING_CONFIRMED"]


async def test_an_event_that_never_was(desk: Desk) -> None:
    async with refused(grpc.StatusCode.OUT_OF_RANGE, "EVENT_NOT_KEPT"):
        await watched(feed(desk), 0, after=10_000)
