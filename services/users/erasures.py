"""Erasures: queries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from chassis.refusal import NotFound
from chassis.storage.session import Session
from services.users.erasure import Erasure, ServiceErasure
from services.users.tables import ERASURES, SERVICE_ERASURES


def was_deleted(session: Session, user: str) -> bool:
    """Whether there was a person of that name."""
    return session.scalar(select(ERASURES.c.user).where(ERASURES.c.user == user)) is not None


def get(session: Session, user: str) -> Erasure:
    """The erasure of that person's data. Raises NotFound."""
    row = session.execute(select(ERASURES).where(ERASURES.c.user == user)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"{user}/erasure")
    told = select(SERVICE_ERASURES).where(SERVICE_ERASURES.c.user == user).order_by(SERVICE_ERASURES.c.service)
    services = {
        each.service: ServiceErasure(erase_time=each.erase_time, last_time=each.last_time)
        for each in session.execute(told)
    }
    return Erasure(**row, services=services)


def put(session: Session, erasure: Erasure) -> None:
    """Store how far an erasure is."""
    session.execute(delete(SERVICE_ERASURES).where(SERVICE_ERASURES.c.user == erasure.user))
    session.execute(delete(ERASURES).where(ERASURES.c.user == erasure.user))
    row = {
        "user": erasure.user,
        "delete_time": erasure.delete_time,
        "done_time": erasure.done_time,
        "last_announced": erasure.last_announced,
    }
    session.execute(insert(ERASURES).values(row))
    rows = [
        {"user": erasure.user, "service": service, "erase_time": told.erase_time, "last_time": told.last_time}
        for service, told in erasure.services.items()
    ]
    if rows:
        session.execute(insert(SERVICE_ERASURES), rows)


def announced_once(session: Session, done_before: datetime, limit: int) -> list[str]:
    """The people whose data was erased by then, and of whom nobody was told once more."""
    due = ERASURES.c.last_announced.is_(False) & (ERASURES.c.done_time <= done_before)
    return list(session.scalars(select(ERASURES.c.user).where(due).order_by(ERASURES.c.done_time).limit(limit)))


def announce_last(session: Session, user: str) -> bool:
    """Note that everybody is told once more; False where that was noted before."""
    noted = update(ERASURES).where(ERASURES.c.user == user, ERASURES.c.last_announced.is_(False))
    return session.execute(noted.values(last_announced=True)).rowcount == 1
