"""What the hub hands on when its stream is cut, and when it has to say that it may have missed something."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from innkeeper.booking.v1.booking_pb2 import BookingEvent
from services.web.live.closing import CloseCode, Ended
from services.web.live.hub import LONGEST_QUEUE, Hub, Subscriber
from services.web.live.watch import Events

ADA, WITHIN = "users/ada", 10.0


def current(event: int) -> BookingEvent:
    return BookingEvent(type=BookingEvent.TYPE_CURRENT, id=event)


def made(event: int) -> BookingEvent:
    return BookingEvent(type=BookingEvent.TYPE_CREATED, id=event, booking=f"bookings/{event}", user=ADA)


class Streams:
    """Streams that bring these events one after the other; each but the last ends then."""

    def __init__(self, *streams: Sequence[BookingEvent]) -> None:
        self._streams = list(streams)
        self.opened_after: list[int] = []

    async def open(self, token: str, after: int) -> Events:
        self.opened_after.append(after)
        for event in self._streams.pop(0):
            yield event
        if not self._streams:
            await asyncio.Event().wait()


async def test_it_goes_on_after_the_last_event() -> None:
    streams = Streams([current(5)], [made(6), current(6), made(7)])
    with Hub(streams.open).subscribed(ADA) as subscriber:
        async with asyncio.timeout(WITHIN):
            assert [(await subscriber.next()).id for _ in range(2)] == [6, 7]
    assert streams.opened_after == [0, 5]


async def test_what_happened_first_of_all_while_it_was_cut_is_not_passed_over_in_silence() -> None:
    """After event 0 there is no going on: whoever subscribed has to look for what has happened."""
    hub = Hub(Streams([current(0)], [current(3), made(4)]).open)
    with hub.subscribed(ADA) as subscriber:
        async with asyncio.timeout(WITHIN):
            await hub.placed()
            with pytest.raises(Ended) as ended:
                await subscriber.next()
    assert ended.value.code is CloseCode.INTERNAL_ERROR


async def test_nothing_that_happened_leaves_it_where_it_is() -> None:
    hub = Hub(Streams([current(0)], [current(0), made(1)]).open)
    with hub.subscribed(ADA) as subscriber:
        async with asyncio.timeout(WITHIN):
            assert (await subscriber.next()).id == 1


async def test_who_does_not_keep_up_gets_nothing_that_comes_after_a_gap() -> None:
    subscriber = Subscriber()
    for event in range(LONGEST_QUEUE + 2):
        subscriber.put(made(event + 1))
    with pytest.raises(Ended) as ended:
        await subscriber.next()
    assert ended.value.code is CloseCode.TOO_SLOW


async def test_a_defect_does_not_leave_clients_waiting_for_ever() -> None:
    async def broken(token: str, after: int) -> Events:
        yield current(1)
        raise ValueError(token)

    with Hub(broken).subscribed(ADA) as subscriber:
        async with asyncio.timeout(WITHIN):
            with pytest.raises(Ended):
                await subscriber.next()
