"""Watching bookings: what happened before, what happens, and going on after a cut."""

from __future__ import annotations

import asyncio

import grpc
import pytest

from innkeeper.booking.v1.booking_pb2 import Booking, BookingEvent
from tests.errors import refused
from tests.service.booking.desk import Desk
from tests.service.booking.watcher import WITHIN, ids, kinds, watching

CANCELLED, CONFIRMED, CURRENT = BookingEvent.TYPE_CANCELLED, BookingEvent.TYPE_CONFIRMED, BookingEvent.TYPE_CURRENT
MADE = ["CREATED", "PAYMENT_CHANGED", "CONFIRMED", "PAYMENT_CHANGED"]
PAID_BACK = ["CANCELLED", "PAYMENT_CHANGED"]


async def test_the_history_of_a_booking_and_what_happens_next(desk: Desk) -> None:
    booked = await desk.book()
    async with watching(desk, booked.name) as watcher:
        history = await watcher.until(CURRENT)
        assert kinds(history) == [*MADE, "CURRENT"]
        assert history[-1].id == history[-2].id
        assert [Booking.State.Name(event.state) for event in history[:2]] == ["STATE_PENDING", "STATE_PENDING"]
        assert (history[-2].etag, history[-2].occur_time) == (booked.etag, booked.update_time)
        cancelled = await desk.cancel(booked.name)
        events = await watcher.until(BookingEvent.TYPE_PAYMENT_CHANGED)
    assert kinds(events) == [*MADE, "CURRENT", *PAID_BACK]
    assert ids(events) == sorted(set(ids(events)))
    assert {event.booking for event in events if event.type != CURRENT} == {booked.name}
    assert (events[-1].state, events[-1].payment_state) == (cancelled.state, cancelled.payment_state)
    assert events[-1].etag == cancelled.etag


async def test_a_user_hears_of_all_own_bookings_in_one_order(desk: Desk) -> None:
    first = await desk.book()
    bob = Desk(running=desk.running, user="users/bob")
    async with watching(desk, "users/ada") as watcher, watching(bob, "users/bob") as bobs:
        assert kinds(await watcher.until(CURRENT)) == [*MADE, "CURRENT"]
        assert kinds(await bobs.until(CURRENT)) == ["CURRENT"]
        second = await desk.book()
        await bob.book()
        await desk.cancel(first.name)
        events = await watcher.until(CANCELLED)
        assert kinds(await bobs.until(CONFIRMED)) == ["CURRENT", *MADE[:3]]
    assert [event.booking for event in events] == [*[first.name] * 4, "", *[second.name] * 4, first.name]
    assert ids(events) == sorted(set(ids(events)))


@pytest.mark.parametrize("of_user", [False, True], ids=["booking", "user"])
async def test_a_watch_goes_on_after_any_event(desk: Desk, of_user: bool) -> None:
    booked = await desk.book()
    await desk.cancel(booked.name)
    name = "users/ada" if of_user else booked.name
    async with watching(desk, name) as watcher:
        whole = await watcher.until(CURRENT)
    for place, event in enumerate(whole[:-1]):
        async with watching(desk, name, after=event.id) as watcher:
            assert await watcher.until(CURRENT) == whole[place + 1 :]


async def test_nothing_is_lost_or_told_twice_however_often_a_watch_is_cut(desk: Desk) -> None:
    """While bookings come and go, one watches throughout, and another is cut after every few events."""
    stop = asyncio.Event()

    async def travel() -> None:
        while not stop.is_set():
            await desk.cancel((await desk.book()).name)

    async def cut_often() -> list[int]:
        got: list[int] = []
        while not stop.is_set():
            async with watching(desk, "users/ada", after=got[-1] if got else 0) as watcher:
                events = await watcher.until(CURRENT)
                if not stop.is_set():
                    events = await watcher.until(CANCELLED)
            got += ids(events)
        return got

    async with asyncio.timeout(WITHIN * 3), asyncio.TaskGroup() as tasks, watching(desk, "users/ada") as throughout:
        travellers = [tasks.create_task(travel()) for _ in range(3)]
        cut = tasks.create_task(cut_often())
        while len(throughout.events) < 60:
            await throughout.until(CANCELLED)
        stop.set()
        await asyncio.gather(*travellers)
        got = await cut
    async with watching(desk, "users/ada") as afterwards:
        whole = ids(await afterwards.until(CURRENT))
    assert ids(throughout.events) == whole[: len(ids(throughout.events))]
    assert got == whole[: len(got)]
    assert len(got) > 20


async def test_the_booking_of_somebody_else(desk: Desk) -> None:
    booked = await desk.book()
    bob = Desk(running=desk.running, user="users/bob")
    for name in (booked.name, "users/ada"):
        async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"), watching(bob, name) as watcher:
            await watcher.rest()


async def test_staff_watches_everybody(desk: Desk) -> None:
    booked = await desk.book()
    staff = Desk(running=desk.running, user="users/staff", scopes=("bookings.read", "admin"))
    for name in (booked.name, "users/ada"):
        async with watching(staff, name) as watcher:
            assert kinds(await watcher.until(CURRENT)) == [*MADE, "CURRENT"]


async def test_an_event_that_never_was(desk: Desk) -> None:
    booked = await desk.book()
    for name in (booked.name, "users/ada"):
        async with refused(grpc.StatusCode.OUT_OF_RANGE, "EVENT_NOT_KEPT"), watching(desk, name, 10_000) as watcher:
            await watcher.rest()
