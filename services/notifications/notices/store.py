"""Notices in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, bindparam, delete, insert, select, tuple_, update

from chassis.refusal import InvalidPageToken, NotFound
from chassis.storage.session import Session
from services.notifications.notices.notice import Notice, name_for
from services.notifications.tables import NOTICES

_OF_NAME: Final = select(NOTICES).where(NOTICES.c.name == bindparam("of"))
_ADD: Final = insert(NOTICES)
_PUT: Final = update(NOTICES).where(NOTICES.c.name == bindparam("of"))
_OPEN: Final = NOTICES.c.acknowledge_time.is_(None) & NOTICES.c.withdraw_time.is_(None)


def begin(session: Session, *, booking: str, hotel: str, now: datetime) -> None:
    """Store the notice of a booking, unless there is one."""
    if find(session, booking) is None:
        notice = Notice(name=name_for(booking), booking=booking, hotel=hotel, create_time=now)
        session.execute(_ADD, asdict(notice))


def find(session: Session, booking: str) -> Notice | None:
    """The notice of a booking, if there is one."""
    row = session.execute(_OF_NAME, {"of": name_for(booking)}).mappings().one_or_none()
    return None if row is None else _notice(row)


def get(session: Session, name: str) -> Notice:
    """The notice of that name. Raises NotFound."""
    row = session.execute(_OF_NAME, {"of": name}).mappings().one_or_none()
    if row is None:
        raise NotFound(name)
    return _notice(row)


def put(session: Session, notice: Notice) -> None:
    """Store the notice as it is now."""
    session.execute(_PUT, {**asdict(notice), "of": notice.name})


def withdraw(session: Session, *, booking: str, now: datetime) -> None:
    """Note that the booking was cancelled."""
    session.execute(update(NOTICES).where(NOTICES.c.name == name_for(booking)).values(withdraw_time=now))


def page(session: Session, *, open_only: bool, hotel: str, after: str | None, limit: int) -> list[Notice]:
    """Up to `limit` notices, the newest first, from after that name; of one hotel where it is not empty. Raises
    InvalidPageToken where there is no notice of that name."""
    query = select(NOTICES).order_by(NOTICES.c.create_time.desc(), NOTICES.c.name.desc()).limit(limit)
    if open_only:
        query = query.where(_OPEN)
    if hotel:
        query = query.where(NOTICES.c.hotel == hotel)
    if after is not None:
        last = session.execute(select(NOTICES).where(NOTICES.c.name == after)).mappings().one_or_none()
        if last is None:
            raise InvalidPageToken
        query = query.where(tuple_(NOTICES.c.create_time, NOTICES.c.name) < (last["create_time"], last["name"]))
    return [_notice(row) for row in session.execute(query).mappings()]


def outdated(session: Session, before: datetime, limit: int) -> Sequence[str]:
    """The names of up to `limit` notices of before that time."""
    return list(session.scalars(select(NOTICES.c.name).where(NOTICES.c.create_time < before).limit(limit)))


def remove(session: Session, names: Sequence[str]) -> None:
    """Forget notices."""
    session.execute(delete(NOTICES).where(NOTICES.c.name.in_(names)))


def _notice(row: RowMapping) -> Notice:
    return Notice(**row)
