"""Moves places in an outbox back, so that what happened is sent once more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from chassis.events import outbox
from chassis.storage.session import Session
from chassis.storage.tables import OUTBOX, RELAYED


@dataclass(frozen=True, slots=True)
class Replay:
    """How many events each of these is to be sent, and when the first happened that can be replayed, if any can."""

    events: dict[str, int]
    earliest: datetime | None


def replay(session: Session, cursors: Collection[str], start: datetime | int, kept_since: datetime) -> Replay:
    """Moves these places back to the first event of that time or number, or to the first that happened after
    `kept_since`: what is older, an inbox may have forgotten that it took in. None is moved forward."""
    number = OUTBOX.c.sequence
    asked = number >= start if isinstance(start, int) else OUTBOX.c.occur_time >= start
    since = OUTBOX.c.occur_time >= kept_since
    first = _first(session, asked, since)
    if first is not None:
        back = update(RELAYED).where(RELAYED.c.subscriber.in_(cursors), RELAYED.c.sequence >= first)
        session.execute(back.values(sequence=first - 1))
    counted = select(func.count()).select_from(OUTBOX)
    events = {
        cursor: session.scalar(counted.where(number > place)) or 0
        for cursor, place in outbox.places(session, sorted(cursors)).items()
    }
    earliest = _first(session, since)
    when = select(OUTBOX.c.occur_time).where(number == earliest)
    return Replay(events, session.scalar(when) if earliest is not None else None)


def _first(session: Session, *conditions: ColumnElement[bool]) -> int | None:
    return session.scalar(select(OUTBOX.c.sequence).where(*conditions).order_by(OUTBOX.c.sequence).limit(1))
