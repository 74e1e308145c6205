"""The users who were deleted and whose access tokens may still be good, in the database of one service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from chassis.storage.session import Session
from chassis.storage.tables import ERASED_USERS

_OF_USER = ERASED_USERS.c.user == bindparam("who")
_FIND = select(ERASED_USERS.c.last).where(_OF_USER)
_DUE = (
    select(ERASED_USERS.c.user)
    .where(ERASED_USERS.c.due_time <= bindparam("now"))
    .order_by(ERASED_USERS.c.due_time)
    .limit(bindparam("limit"))
)


def add(session: Session, user: str, *, last: bool = False) -> None:
    """From here on the user's commands are refused. With `last` it is for the last time that something is erased."""
    forget(session, user)
    session.execute(insert(ERASED_USERS).values(user=user, last=last, due_time=None))


def find(session: Session, user: str) -> bool | None:
    """Whether what is erased of that user is so for the last time; None of one who is not among them."""
    last: bool | None = session.scalar(_FIND, {"who": user})
    return last


def put_off(session: Session, user: str, until: datetime | None) -> None:
    """What is left of that user is to be erased at that time; None where nothing is."""
    session.execute(update(ERASED_USERS).where(ERASED_USERS.c.user == user).values(due_time=until))


def due(session: Session, now: datetime, limit: int) -> list[str]:
    """The users of whom something is left that may go by now, the longest due first."""
    return list(session.scalars(_DUE, {"now": now, "limit": limit}))


def forget(session: Session, user: str) -> None:
    """Nobody can come any more as that user."""
    session.execute(delete(ERASED_USERS).where(ERASED_USERS.c.user == user))
