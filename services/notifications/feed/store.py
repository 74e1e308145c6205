"""The log of what users are told: written as it is taken in, read on from any place by those who watch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, update

from chassis.feeds.log import Feed, Log
from chassis.refusal import InvalidPageToken
from chassis.storage.session import Session
from services.notifications.feed.notification import Kind, Notification
from services.notifications.tables import NOTIFICATIONS

DIGITS: Final = 18
"""How many digits a number of a notification has at most: databases count no further than to 2⁶³."""


def of_user(name: str) -> Feed:
    """What the user of that resource name is told."""
    return Feed("user", name)


def tell(session: Session, kind: Kind, *, user: str, booking: str, occur_time: datetime) -> None:
    """Tell a user what has happened to a booking."""
    row = {"user": user, "kind": kind.value, "booking": booking, "occur_time": occur_time, "read_time": None}
    LOG.append(session, row)


def page(session: Session, user: str, *, after: str | None, limit: int, unread_only: bool) -> list[Notification]:
    """Up to `limit` notifications of a user, the newest first, from after that name. Raises InvalidPageToken."""
    query = select(NOTIFICATIONS).where(NOTIFICATIONS.c.user == user).order_by(NOTIFICATIONS.c.id.desc()).limit(limit)
    if unread_only:
        query = query.where(NOTIFICATIONS.c.read_time.is_(None))
    if after is not None:
        number = after.rpartition("/")[2]
        if not (number.isascii() and number.isdigit() and len(number) <= DIGITS):
            raise InvalidPageToken
        query = query.where(NOTIFICATIONS.c.id < int(number))
    return [_notification(row) for row in session.execute(query).mappings()]


def all_of(session: Session, user: str) -> list[Notification]:
    """All that a user was told and is kept, the oldest first."""
    query = select(NOTIFICATIONS).where(NOTIFICATIONS.c.user == user).order_by(NOTIFICATIONS.c.id)
    return [_notification(row) for row in session.execute(query).mappings()]


def mark_read(session: Session, user: str, *, through: int, now: datetime) -> int:
    """Note that a user has read everything up to that one, or everything where it is 0; how many were not before."""
    unread = (
        update(NOTIFICATIONS)
        .where(NOTIFICATIONS.c.user == user, NOTIFICATIONS.c.read_time.is_(None))
        .values(read_time=now)
    )
    if through:
        unread = unread.where(NOTIFICATIONS.c.id <= through)
    return session.execute(unread).rowcount


def erase(session: Session, user: str) -> None:
    """Forget all that a user was told."""
    session.execute(delete(NOTIFICATIONS).where(NOTIFICATIONS.c.user == user))


def _notification(row: Mapping[Any, Any]) -> Notification:
    return Notification(
        id=row["id"],
        user=row["user"],
        kind=Kind(row["kind"]),
        booking=row["booking"],
        occur_time=row["occur_time"],
        read_time=row["read_time"],
    )


LOG: Final = Log(NOTIFICATIONS, of="user", by=("user",), read=_notification)
