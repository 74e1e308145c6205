"""Mails in the database: queued, claimed by one who sends, concluded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, RowMapping, Select, bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from chassis.refusal import InvalidPageToken, NotFound
from chassis.storage.session import Session
from services.notifications.mail import Mail, State, Topic
from services.notifications.tables import MAILS

_QUEUED = MAILS.c.state == State.QUEUED
_ADD = insert(MAILS)
_OF_NAME = select(MAILS).where(MAILS.c.name == bindparam("key"))
_ABOUT = (
    select(MAILS)
    .where(MAILS.c.subject == bindparam("about"), MAILS.c.kind == bindparam("of_kind"))
    .order_by(MAILS.c.create_time.desc())
    .limit(1)
)
_ANY_DUE = select(MAILS.c.name).where(_QUEUED, MAILS.c.next_attempt_time <= bindparam("now")).limit(1)
_HELD = select(MAILS.c.name).where(
    MAILS.c.name == bindparam("key"),
    _QUEUED,
    MAILS.c.holder == bindparam("own"),
    MAILS.c.next_attempt_time > bindparam("now"),
)
_CONCLUDE = update(MAILS).where(MAILS.c.name == bindparam("key"), _QUEUED)
_CONCLUDE_OWN = _CONCLUDE.where(MAILS.c.holder == bindparam("own"))
# Made once: to make a statement takes longer than to carry it out, and these are for every mail.


def add(session: Session, mail: Mail) -> bool:
    """Stores a mail, and says whether it is new: False where one of its name was stored before."""
    try:
        with session.begin_nested():
            session.execute(_ADD, asdict(mail))
    except IntegrityError:
        return False
    return True


def get(session: Session, name: str) -> Mail:
    """The mail of that name. Raises NotFound."""
    found = find(session, name)
    if found is None:
        raise NotFound(name)
    return found


def find(session: Session, name: str) -> Mail | None:
    """The mail of that name, if there is one."""
    row = session.execute(_OF_NAME, {"key": name}).mappings().one_or_none()
    return None if row is None else _mail(row)


def about(session: Session, subject: str, kind: str) -> Mail | None:
    """The newest mail of that kind about that subject, if there is one."""
    row = session.execute(_ABOUT, {"about": subject, "of_kind": kind}).mappings().one_or_none()
    return None if row is None else _mail(row)


def page(session: Session, *, state: State | None, subject: str, after: str | None, limit: int) -> list[Mail]:
    """Up to `limit` mails, in that state where it is not None and about that subject where it is not empty, the newest
    first, from after that name. Raises InvalidPageToken where there is no mail of that name."""
    query = select(MAILS).order_by(MAILS.c.create_time.desc(), MAILS.c.name.desc()).limit(limit)
    if state is not None:
        query = query.where(MAILS.c.state == state)
    if subject:
        query = query.where(MAILS.c.subject == subject)
    if after is not None:
        last = find(session, after)
        if last is None:
            raise InvalidPageToken
        query = query.where(tuple_(MAILS.c.create_time, MAILS.c.name) < (last.create_time, last.name))
    return [_mail(row) for row in session.execute(query).mappings()]


def claim(
    session: Session,
    *,
    holder: str,
    now: datetime,
    until: datetime,
    limit: int,
    in_hand: Collection[str] = (),
    kinds: Collection[str] | None = None,
    without: Collection[str] = (),
) -> list[Mail]:
    """Up to `limit` mails that are due, those that have waited longest first: `holder`'s alone until that time.

    None that is `in_hand`, by its name; of these `kinds` where they are given, and of no kind in `without`.
    """
    query = _due(now).order_by(MAILS.c.next_attempt_time).limit(limit).with_for_update(skip_locked=True)
    if in_hand:
        query = query.where(MAILS.c.name.not_in(in_hand))
    if kinds is not None:
        query = query.where(MAILS.c.kind.in_(kinds))
    if without:
        query = query.where(MAILS.c.kind.not_in(without))
    mails = [_mail(row) for row in session.execute(query).mappings()]
    if mails:
        names = [mail.name for mail in mails]
        session.execute(update(MAILS).where(MAILS.c.name.in_(names)).values(holder=holder, next_attempt_time=until))
    return mails


def keep(session: Session, *, holder: str, names: Collection[str], until: datetime) -> None:
    """Claims those of these mails for longer that are `holder`'s still."""
    mine = MAILS.c.name.in_(names) & _QUEUED & (MAILS.c.holder == holder)
    session.execute(update(MAILS).where(mine).values(next_attempt_time=until))


def is_held(session: Session, name: str, *, holder: str, now: datetime) -> bool:
    """Whether that mail is there, and claimed by `holder`."""
    return session.execute(_HELD, {"key": name, "own": holder, "now": now}).first() is not None


def let_go(session: Session, *, holder: str, now: datetime) -> None:
    """Leaves to others what `holder` has claimed."""
    held = _QUEUED & (MAILS.c.holder == holder)
    session.execute(update(MAILS).where(held).values(holder="", next_attempt_time=now))


def conclude(session: Session, mail: Mail, *, holder: str | None) -> bool:
    """Stores what became of a try, which ends the claim; False where the mail is not queued any more, or erased.

    None is for whoever sends it, even where somebody else has claimed it since.
    """
    values = {**asdict(mail), "holder": "", "key": mail.name}
    del values["name"]
    if holder is None:
        concluded = session.execute(_CONCLUDE, values)
    else:
        concluded = session.execute(_CONCLUDE_OWN, {**values, "own": holder})
    return cast("CursorResult[object]", concluded).rowcount == 1


def put(session: Session, mail: Mail) -> None:
    """Stores the mail as it is now."""
    session.execute(update(MAILS).where(MAILS.c.name == mail.name).values({**asdict(mail), "holder": ""}))


def any_due(session: Session, now: datetime) -> bool:
    """Whether a mail waits for somebody to send it."""
    return session.execute(_ANY_DUE, {"now": now}).first() is not None


def backlog(session: Session, now: datetime) -> tuple[int, float]:
    """How many mails should have been sent by now, and for how many seconds the oldest of them has waited."""
    count, oldest = session.execute(
        select(func.count(), func.min(MAILS.c.due_time)).where(_QUEUED, MAILS.c.due_time <= now)
    ).one()
    return count, 0.0 if oldest is None else (now - oldest).total_seconds()


def ended_before(session: Session, time: datetime, limit: int) -> list[Mail]:
    """Up to `limit` mails that came to their end before that time."""
    query = select(MAILS).where(~_QUEUED, MAILS.c.end_time < time).limit(limit)
    return [_mail(row) for row in session.execute(query).mappings()]


def of_user(session: Session, user: str) -> list[Mail]:
    """The mails with data of that user, the oldest first."""
    query = select(MAILS).where(MAILS.c.user == user).order_by(MAILS.c.create_time, MAILS.c.name)
    return [_mail(row) for row in session.execute(query).mappings()]


def remove(session: Session, names: Sequence[str]) -> None:
    """Forgets mails."""
    session.execute(delete(MAILS).where(MAILS.c.name.in_(names)))


def _due(now: datetime) -> Select[tuple[object, ...]]:
    return select(MAILS).where(_QUEUED, MAILS.c.next_attempt_time <= now)


def _mail(row: RowMapping) -> Mail:
    values = {column: value for column, value in row.items() if column != "holder"}
    topic = None if row["topic"] is None else Topic(row["topic"])
    return Mail(**{**values, "state": State(row["state"]), "topic": topic})
