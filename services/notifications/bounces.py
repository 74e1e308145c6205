"""Addresses that take no mail, each by a keyed hash: enough to know one when it comes again, and no list of addresses
for anybody to read."""

from __future__ import annotations

import hmac
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import RowMapping, bindparam, delete, insert, select, tuple_
from sqlalchemy.exc import IntegrityError

from chassis.refusal import InvalidPageToken, NotFound
from chassis.storage.session import Session
from services.notifications.mail import Mail
from services.notifications.tables import BOUNCES

_OF_NAME: Final = select(BOUNCES).where(BOUNCES.c.name == bindparam("of"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """That an address takes no mail, as one mail has shown. Without that mail, nothing is known of whose it is."""

    name: str
    mail: str
    recipient: str
    user: str
    reason: str
    create_time: datetime


class Bounces:
    """Knows addresses by their hashes.

    Args:
        key: 32 random bytes, the same in every process.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def has(self, session: Session, address: str) -> bool:
        """Whether that address takes no mail."""
        return find(session, self.name_of(address)) is not None

    def note(self, session: Session, *, address: str, mail: Mail | None, reason: str, now: datetime) -> Bounce:
        """Notes that the address takes none, unless that is known, and returns what is known."""
        bounce = Bounce(
            name=self.name_of(address),
            mail=mail.name if mail else "",
            recipient=mail.recipient if mail else "",
            user=mail.user if mail else "",
            reason=reason,
            create_time=now,
        )
        try:
            with session.begin_nested():
                session.execute(insert(BOUNCES).values(asdict(bounce)))
        except IntegrityError:
            return find(session, bounce.name) or bounce
        return bounce

    def name_of(self, address: str) -> str:
        """The resource name of the bounce of an address, whatever the case of its letters."""
        digest = hmac.digest(self._key, address.strip().casefold().encode(), sha256)
        return f"bounces/{digest[:16].hex()}"


def find(session: Session, name: str) -> Bounce | None:
    """The bounce of that name, if there is one."""
    row = session.execute(_OF_NAME, {"of": name}).mappings().one_or_none()
    return None if row is None else _bounce(row)


def page(session: Session, *, recipient: str, after: str | None, limit: int) -> list[Bounce]:
    """Up to `limit` bounces, of that recipient where it is not empty, the newest first, from after that name. Raises
    InvalidPageToken where there is no bounce of that name."""
    query = select(BOUNCES).order_by(BOUNCES.c.create_time.desc(), BOUNCES.c.name.desc()).limit(limit)
    if recipient:
        query = query.where(BOUNCES.c.recipient == recipient)
    if after is not None:
        last = find(session, after)
        if last is None:
            raise InvalidPageToken
        query = query.where(tuple_(BOUNCES.c.create_time, BOUNCES.c.name) < (last.create_time, last.name))
    return [_bounce(row) for row in session.execute(query).mappings()]


def remove(session: Session, name: str) -> None:
    """Forgets a bounce. Raises NotFound."""
    if session.execute(delete(BOUNCES).where(BOUNCES.c.name == name)).rowcount == 0:
        raise NotFound(name)


def of_user(session: Session, user: str) -> list[Bounce]:
    """The bounces that mails with data of that user have shown."""
    query = select(BOUNCES).where(BOUNCES.c.user == user).order_by(BOUNCES.c.create_time, BOUNCES.c.name)
    return [_bounce(row) for row in session.execute(query).mappings()]


def erase(session: Session, user: str) -> None:
    """Forgets the bounces of mails with data of that user."""
    session.execute(delete(BOUNCES).where(BOUNCES.c.user == user))


def forget(session: Session, before: datetime) -> None:
    """Forgets bounces of before that time."""
    session.execute(delete(BOUNCES).where(BOUNCES.c.create_time < before))


def _bounce(row: RowMapping) -> Bounce:
    return Bounce(**row)
