"""Which mails an event asks for: what to tell, whom, and from when on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from services.notifications.mail import Topic

NEWS: Final = timedelta(days=3)
"""An event that is older than that when it is taken in makes no mails. Whoever subscribes for the first time is told of
all that the outboxes of others still have: nobody wants to hear then of what was booked last year. A weekend without
the service is shorter than that."""

GRACE: Final = timedelta(minutes=10)
"""How long a mail waits for money that does not move: then it goes without the receipt, which follows."""

UNHURRIED: Final = timedelta(hours=1)
"""When it is looked first on which day a reminder is due: not while a booking makes mails that somebody waits for."""


class Kind(StrEnum):
    """What a mail tells."""

    BOOKING_CONFIRMED = "booking-confirmed"
    BOOKING_CANCELLED = "booking-cancelled"
    BOOKING_FAILED = "booking-failed"
    RECEIPT = "receipt"
    """What was missing in one of the former: the receipt of money that moved later."""

    REMINDER = "reminder"
    WELCOME = "welcome"
    HOTEL_BOOKED = "hotel-booked"
    HOTEL_BOOKED_AGAIN = "hotel-booked-again"
    HOTEL_CANCELLED = "hotel-cancelled"
    HOTEL_CANCELLED_AGAIN = "hotel-cancelled-again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A mail to be sent `after` so long. `event` is empty where it is the event at hand."""

    kind: Kind
    recipient: str
    subject: str
    user: str
    after: timedelta = timedelta()
    topic: Topic | None = None
    event: str = ""


def is_news(occurred: datetime, now: datetime) -> bool:
    """Whether what happened then is worth a mail now."""
    return now - occurred <= NEWS


def on_confirmed(booking: str, user: str, hotel: str, *, notice_after: timedelta) -> Iterator[Asked]:
    """A booking is certain: the guest and the hotel hear of it, the hotel once more where nobody there says to have
    seen it; and the guest is reminded."""
    yield Asked(kind=Kind.BOOKING_CONFIRMED, recipient=booking, subject=booking, user=user)
    yield Asked(
        kind=Kind.REMINDER, recipient=booking, subject=booking, user=user, after=UNHURRIED, topic=Topic.REMINDERS
    )
    if hotel:
        yield Asked(kind=Kind.HOTEL_BOOKED, recipient=hotel, subject=booking, user=user)
        yield Asked(kind=Kind.HOTEL_BOOKED_AGAIN, recipient=hotel, subject=booking, user=user, after=notice_after)


def on_cancelled(booking: str, user: str, hotel: str) -> Iterator[Asked]:
    """A booking was called off: guest and hotel hear of it."""
    yield Asked(kind=Kind.BOOKING_CANCELLED, recipient=booking, subject=booking, user=user)
    if hotel:
        yield Asked(kind=Kind.HOTEL_CANCELLED, recipient=hotel, subject=booking, user=user)
        yield Asked(kind=Kind.HOTEL_CANCELLED_AGAIN, recipient=hotel, subject=booking, user=user)


def on_failed(booking: str, user: str) -> Iterator[Asked]:
    """Nothing was booked: the guest hears of it, the hotel never knew."""
    yield Asked(kind=Kind.BOOKING_FAILED, recipient=booking, subject=booking, user=user)


def on_money_moved(booking: str, user: str, *, waited: timedelta) -> Iterator[Asked]:
    """An amount was taken or given back, so long after the mail that was to tell of it was queued. In time it is told
    there."""
    if waited >= GRACE:
        yield Asked(kind=Kind.RECEIPT, recipient=booking, subject=booking, user=user)


def on_user(user: str) -> Iterator[Asked]:
    """A record was made or changed: the first time, the person is welcome. However many events tell of it, that is one
    mail; whether the record is new is seen when it is sent."""
    first = str(uuid5(NAMESPACE_URL, f"//innkeeper.dev/{user}:welcome"))
    yield Asked(kind=Kind.WELCOME, recipient=user, subject=user, user=user, event=first)
