"""What a change of a booking brings with it: nights taken or given back, and what tells of it, inside and outside.

Everything of one change is stored in one unit of work, or nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from google.protobuf.message import Message

from chassis.dates import from_date
from chassis.events.outbox import record
from chassis.storage.session import Session
from innkeeper.booking.v1 import booking_events_pb2
from innkeeper.booking.v1.booking_events_pb2 import AvailabilityChanged
from services.booking import event_log, room_nights, store
from services.booking.booking import Booking, State

EVENTS: Final[Mapping[State, Callable[..., Message]]] = {
    State.CONFIRMED: booking_events_pb2.BookingConfirmed,
    State.FAILED: booking_events_pb2.BookingFailed,
    State.EXPIRED: booking_events_pb2.BookingFailed,
    State.CANCELLED: booking_events_pb2.BookingCancelled,
}
"""What is announced of a booking that has come into a state."""


def begin(session: Session, booking: Booking, *, units: int) -> None:
    """Take the nights of a new booking, of so many rooms as its quote says there are, and store it. Raises SoldOut."""
    _announce_sales(session, booking, room_nights.take(session, booking.room_type, booking.stay, units=units))
    store.add(session, booking)
    event_log.append(session, None, booking)


def change(session: Session, before: Booking, after: Booking) -> None:
    """Store what became of a booking, where that is anything new."""
    if after == before:
        return
    store.put(session, after)
    # Nights before whatever commits in order, as `begin` has it: else the two could wait for each other.
    if before.has_room and not after.has_room:
        _announce_sales(session, after, room_nights.release(session, after.room_type, after.stay))
    event_log.append(session, before, after)
    if after.state is not before.state and after.state in EVENTS:
        record(
            session,
            aggregate=after.name,
            payload=EVENTS[after.state](booking=after.name, user=after.user, hotel=after.hotel),
        )


def _announce_sales(session: Session, booking: Booking, sold: Mapping[date, int]) -> None:
    nights = [AvailabilityChanged.NightSales(date=from_date(night), sold=count) for night, count in sold.items()]
    record(
        session, aggregate=booking.room_type, payload=AvailabilityChanged(room_type=booking.room_type, nights=nights)
    )
