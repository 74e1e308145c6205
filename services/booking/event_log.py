"""The log of what happened to bookings: written with each change, read on from any place by those who watch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chassis.etag import etag_of
from chassis.feeds.log import Feed, Log
from chassis.storage.session import Session
from services.booking.booking import Booking, PaymentState, State
from services.booking.event import Event, EventType, happened
from services.booking.tables import BOOKING_EVENTS


def of_booking(name: str) -> Feed:
    """What happens to the booking of that resource name."""
    return Feed("booking", name)


def of_user(name: str) -> Feed:
    """What happens to all bookings of the user of that resource name."""
    return Feed("user", name)


def append(session: Session, before: Booking | None, after: Booking) -> None:
    """Log what made the one booking of the other; of None, the booking was made."""
    row = {
        "booking": after.name,
        "user": after.user,
        "type": happened(before, after).value,
        "state": after.state.value,
        "payment_state": after.payment.state.value,
        "etag": etag_of(after),
        "occur_time": after.update_time,
    }
    LOG.append(session, row)


def read_event(row: Mapping[Any, Any]) -> Event:
    """The event that a row tells of."""
    return Event(
        id=row["id"],
        booking=row["booking"],
        user=row["user"],
        type=EventType(row["type"]),
        state=State(row["state"]),
        payment_state=PaymentState(row["payment_state"]),
        etag=row["etag"],
        occur_time=row["occur_time"],
    )


LOG: Final = Log(BOOKING_EVENTS, of="booking", by=("booking", "user"), read=read_event)
