"""Somebody who watches bookings, and keeps what comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

from innkeeper.booking.v1 import booking_pb2
from innkeeper.booking.v1.booking_pb2 import BookingEvent
from tests.service.booking.desk import Desk

WITHIN = 10.0


class Watcher:
    """The events of one stream, in the order in which they came."""

    def __init__(self, stream: AsyncGenerator[BookingEvent, None]) -> None:
        self._stream = stream
        self.events: list[BookingEvent] = []

    async def until(self, kind: int) -> list[BookingEvent]:
        """All events so far, as soon as there is one of that type among those that were not looked at."""
        async with asyncio.timeout(WITHIN):
            while True:
                self.events.append(await anext(self._stream))
                if self.events[-1].type == kind:
                    return self.events

    async def rest(self) -> list[BookingEvent]:
        """All events, once the stream has ended."""
        async with asyncio.timeout(WITHIN):
            self.events += [event async for event in self._stream]
        return self.events


@asynccontextmanager
async def watching(desk: Desk, name: str, after: int = 0) -> AsyncIterator[Watcher]:
    """Watches the booking or the user of that name, while the block lasts."""
    stream: Any
    if name.startswith("users/"):
        stream = desk.stub.WatchUserBookings(booking_pb2.WatchUserBookingsRequest(user=name, after_event=after))
    else:
        stream = desk.stub.WatchBooking(booking_pb2.WatchBookingRequest(name=name, after_event=after))
    async with aclosing(cast("AsyncGenerator[BookingEvent, None]", stream)) as events:
        yield Watcher(events)


def kinds(events: list[BookingEvent]) -> list[str]:
    """The types of the events, in few words."""
    return [BookingEvent.Type.Name(event.type).removeprefix("TYPE_") for event in events]


def ids(events: list[BookingEvent]) -> list[int]:
    """The ids of what happened."""
    return [event.id for event in events if event.type != BookingEvent.TYPE_CURRENT]
