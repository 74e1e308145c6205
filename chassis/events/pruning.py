"""Forgets events that are old, and told to everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Final

from sqlalchemy import delete, select

from chassis.events import outbox
from chassis.storage.database import Database
from chassis.storage.session import Session
from chassis.storage.tables import INBOX, OUTBOX

AT_ONCE: Final = 500
"""How many rows are deleted in one unit of work."""

LONGER: Final = timedelta(days=7)
"""For how much longer an inbox knows what it took in than an outbox can send it anew."""


async def prune(database: Database, cursors: frozenset[str], keep: timedelta) -> None:
    """Deletes from the outbox what happened longer ago and was told to all of these, and from the inbox what was
    taken in a week longer ago."""
    now = datetime.now(UTC)
    while await database.write(partial(_prune_outbox, cursors=cursors, before=now - keep)):
        pass
    while await database.write(partial(_prune_inbox, before=now - keep - LONGER)):
        pass


def _prune_outbox(session: Session, cursors: frozenset[str], before: datetime) -> bool:
    """Returns whether there may be more. The newest event always stays: SQLite goes on counting from it."""
    through = min([outbox.newest(session) - 1, *outbox.places(session, sorted(cursors)).values()])
    oldest = select(OUTBOX.c.sequence, OUTBOX.c.occur_time).where(OUTBOX.c.sequence <= through)
    rows = session.execute(oldest.order_by(OUTBOX.c.sequence).limit(AT_ONCE))
    due = [row.sequence for row in takewhile(lambda row: row.occur_time < before, rows)]
    session.execute(delete(OUTBOX).where(OUTBOX.c.sequence.in_(due)))
    return len(due) == AT_ONCE


def _prune_inbox(session: Session, before: datetime) -> bool:
    old = select(INBOX.c.event_id).where(INBOX.c.take_time < before).limit(AT_ONCE)
    due = session.scalars(old).all()
    session.execute(delete(INBOX).where(INBOX.c.event_id.in_(due)))
    return len(due) == AT_ONCE
