"""The log of what happened to bookings: written with each change, read on from any place by those who watch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from chassis.etag import etag_of
from chassis.events.outbox import commit_in_order
from chassis.storage.session import Session
from services.booking.booking import Booking, PaymentState, State
from services.booking.event import Event, EventNotKept, EventType, happened
from services.booking.tables import BOOKING_EVENTS

_APPEND: Final = insert(BOOKING_EVENTS)
_AFTER: Final = (
    select(BOOKING_EVENTS)
    .where(BOOKING_EVENTS.c.id > bindparam("after"))
    .order_by(BOOKING_EVENTS.c.id)
    .limit(bindparam("limit"))
)
_NEWEST: Final = select(func.max(BOOKING_EVENTS.c.id))
_FEEDS: Final[Mapping[str, ColumnElement[bool]]] = {
    name: BOOKING_EVENTS.c[name] == bindparam("key") for name in ("booking", "user")
}
_OF_FEED: Final = {"": _AFTER, **{name: _AFTER.where(belongs) for name, belongs in _FEEDS.items()}}
_LOST_AFTER: Final = (
    select(BOOKING_EVENTS.c.id)
    .where(BOOKING_EVENTS.c.id > bindparam("after"), BOOKING_EVENTS.c.lost_through > bindparam("after"))
    .limit(1)
)
_LOST: Final = {"": _LOST_AFTER, **{name: _LOST_AFTER.where(belongs) for name, belongs in _FEEDS.items()}}
_LATER: Final = BOOKING_EVENTS.alias()


@dataclass(frozen=True, slots=True)
class Feed:
    """What one watches: by `booking` or by `user`, the events of the one of that resource name; or all of them."""

    by: str = ""
    name: str = ""

    @classmethod
    def of_booking(cls, name: str) -> Feed:
        """What happens to the booking of that resource name."""
        return cls("booking", name)

    @classmethod
    def of_user(cls, name: str) -> Feed:
        """What happens to all bookings of the user of that resource name."""
        return cls("user", name)


ALL: Final = Feed()


def append(session: Session, before: Booking | None, after: Booking) -> None:
    """Log what made the one booking of the other; of None, the booking was made."""
    commit_in_order(session)
    row = {
        "booking": after.name,
        "user": after.user,
        "type": happened(before, after).value,
        "state": after.state.value,
        "payment_state": after.payment.state.value,
        "etag": etag_of(after),
        "occur_time": after.update_time,
        "lost_through": 0,
    }
    session.execute(_APPEND, row)


def newest(session: Session) -> int:
    """The id of the newest event there is; 0 where nothing ever happened."""
    return session.scalar(_NEWEST) or 0


def of_feed(session: Session, feed: Feed, after: int, limit: int) -> list[Event]:
    """The next events of a feed after that id, in order."""
    rows = session.execute(_OF_FEED[feed.by], {**_key(feed), "after": after, "limit": limit})
    return _events(rows.mappings())


def require_kept(session: Session, feed: Feed, after: int) -> None:
    """Raise EventNotKept where a watch could not go on after that event without a gap."""
    if after > newest(session):
        raise EventNotKept(f"there is no event {after} yet: watch without `after_event`")
    if session.scalar(_LOST[feed.by], {**_key(feed), "after": after}) is not None:
        raise EventNotKept(f"events after {after} are not kept any more: watch without `after_event`")


def outdated(session: Session, before: datetime, limit: int) -> list[tuple[int, str]]:
    """The oldest events from before that time, id and booking, but for the newest event of each booking."""
    later = select(_LATER.c.id).where(_LATER.c.booking == BOOKING_EVENTS.c.booking, _LATER.c.id > BOOKING_EVENTS.c.id)
    query = (
        select(BOOKING_EVENTS.c.id, BOOKING_EVENTS.c.booking)
        .where(BOOKING_EVENTS.c.occur_time < before, later.exists())
        .order_by(BOOKING_EVENTS.c.id)
        .limit(limit)
    )
    return [(row.id, row.booking) for row in session.execute(query)]


def forget(session: Session, events: Iterable[tuple[int, str]]) -> None:
    """Delete these events, and all before them of the same bookings."""
    through = defaultdict[str, int](int)
    for event, booking in events:
        through[booking] = max(through[booking], event)
    for booking, last in through.items():
        of_booking = BOOKING_EVENTS.c.booking == booking
        session.execute(delete(BOOKING_EVENTS).where(of_booking, BOOKING_EVENTS.c.id <= last))
        first = select(func.min(BOOKING_EVENTS.c.id)).where(of_booking).scalar_subquery()
        session.execute(update(BOOKING_EVENTS).where(BOOKING_EVENTS.c.id == first).values(lost_through=last))


def _key(feed: Feed) -> dict[str, str]:
    return {"key": feed.name} if feed.by else {}


def _events(rows: Iterable[Mapping[Any, Any]]) -> list[Event]:
    return [
        Event(
            id=row["id"],
            booking=row["booking"],
            user=row["user"],
            type=EventType(row["type"]),
            state=State(row["state"]),
            payment_state=PaymentState(row["payment_state"]),
            etag=row["etag"],
            occur_time=row["occur_time"],
        )
        for row in rows
    ]
