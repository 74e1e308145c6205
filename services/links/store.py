"""The queries of links and their clicks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from sqlalchemy import Date, bindparam, delete, func, insert, select, text, tuple_
from sqlalchemy.exc import IntegrityError

from chassis.refusal import AlreadyExists, InvalidPageToken, NotFound
from chassis.storage.session import Session
from services.links.link import COLLECTION, Link
from services.links.tables import CLICKS, LINKS

# The same in SQLite and PostgreSQL.
_COUNT: Final = text(
    "INSERT INTO clicks (code, day, count) VALUES (:code, :day, 1)"
    " ON CONFLICT (code, day) DO UPDATE SET count = clicks.count + 1"
).bindparams(bindparam("day", type_=Date))


def add(session: Session, link: Link) -> None:
    """Store a new link. Raises AlreadyExists where another has the code."""
    try:
        with session.begin_nested():
            session.execute(insert(LINKS).values(asdict(link)))
    except IntegrityError:
        raise AlreadyExists(link.name) from None


def get(session: Session, code: str) -> Link:
    """The link of that code. Raises NotFound."""
    row = session.execute(select(LINKS).where(LINKS.c.code == code)).mappings().one_or_none()
    if row is None:
        raise NotFound(COLLECTION + code)
    return Link(**row)


def page(session: Session, *, after: str | None, limit: int) -> list[Link]:
    """Up to `limit` links, the newest first, from after that code. Raises InvalidPageToken where no link has it."""
    query = select(LINKS).order_by(LINKS.c.create_time.desc(), LINKS.c.code.desc()).limit(limit)
    if after is not None:
        create_time = session.scalar(select(LINKS.c.create_time).where(LINKS.c.code == after))
        if create_time is None:
            raise InvalidPageToken
        query = query.where(tuple_(LINKS.c.create_time, LINKS.c.code) < (create_time, after))
    return [Link(**row) for row in session.execute(query).mappings()]


def count(session: Session, code: str, day: date) -> None:
    """Count that a link is followed."""
    session.execute(_COUNT, {"code": code, "day": day})


def clicks(session: Session, code: str) -> list[tuple[date, int]]:
    """The days on which a link was followed, and how often, the oldest first."""
    query = select(CLICKS.c.day, CLICKS.c.count).where(CLICKS.c.code == code).order_by(CLICKS.c.day)
    return [(day, times) for day, times in session.execute(query)]


def totals(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """How often links were followed in all, by code; without those that never were."""
    total = func.sum(CLICKS.c.count)
    query = select(CLICKS.c.code, total).where(CLICKS.c.code.in_(codes)).group_by(CLICKS.c.code)
    return {code: int(times) for code, times in session.execute(query)}


def expired(session: Session, *, now: datetime, limit: int) -> list[str]:
    """The codes of up to `limit` links that have expired."""
    return list(session.scalars(select(LINKS.c.code).where(LINKS.c.expire_time <= now).limit(limit)))


def remove(session: Session, codes: Sequence[str]) -> None:
    """Delete links and their counts."""
    session.execute(delete(CLICKS).where(CLICKS.c.code.in_(codes)))
    session.execute(delete(LINKS).where(LINKS.c.code.in_(codes)))
