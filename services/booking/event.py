"""What happens to bookings, as those hear of it who watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import Final

from services.booking.booking import Booking, PaymentState, State


class EventType(StrEnum):
    """What can happen to a booking. The names are those of the contract."""

    CREATED = auto()
    CONFIRMED = auto()
    FAILED = auto()
    EXPIRED = auto()
    CANCELLED = auto()
    CHECKED_IN = auto()
    CHECKED_OUT = auto()
    NO_SHOW = auto()
    PAYMENT_CHANGED = auto()


INTO: Final[Mapping[State, EventType]] = {
    State.PENDING: EventType.CREATED,
    **{state: EventType[state.name] for state in State if state is not State.PENDING},
}
"""What has happened to a booking that has come into a state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a booking, and how the booking stands since.

    Of two events, the one with the lower `id` happened first. `etag` is the booking's since then.
    """

    id: int
    booking: str
    user: str
    type: EventType
    state: State
    payment_state: PaymentState
    etag: str
    occur_time: datetime


def happened(before: Booking | None, after: Booking) -> EventType:
    """What made the one booking of the other; of None, the booking was made."""
    if before is None or before.state is not after.state:
        return INTO[after.state]
    return EventType.PAYMENT_CHANGED
