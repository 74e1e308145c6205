"""The outbox: events are recorded in the transaction that causes them, and read in order by the relay."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from google.protobuf.message import Message
from sqlalchemy import RowMapping, func, insert, select

from chassis.dates import to_timestamp
from chassis.storage.session import Session
from chassis.storage.tables import OUTBOX, RELAYED
from innkeeper.events.v1.events_pb2 import Event

RECORD = insert(OUTBOX)
IN_ORDER = 7_000_001
"""The number of the advisory lock that orders a database's outbox; it has no other meaning."""


def commit_in_order(session: Session) -> None:
    """Has the numbers that are given from here on, in this unit of work, become visible in their order, and has
    `Database.on_events` told of them: whoever reads on from the last number that it has seen leaves none out.

    SQLite has one writer; on PostgreSQL the transactions that come here commit one after the other.
    """
    if "recorded" not in session.info and session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(IN_ORDER)))
    session.info["recorded"] = True


def record(session: Session, aggregate: str, payload: Message) -> None:
    """Records that something happened to an aggregate, which is named by its resource name."""
    commit_in_order(session)
    row = {
        "id": str(uuid.uuid4()),
        "aggregate": aggregate,
        "occur_time": datetime.now(UTC),
        "traceparent": session.info.get("traceparent", ""),
        "type": payload.DESCRIPTOR.full_name,
        "payload": payload.SerializeToString(),
    }
    session.execute(RECORD, row)


def unsent(session: Session, source: str, subscriber: str, limit: int) -> list[Event]:
    """The next events that the subscriber has not been told of, in order."""
    told = select(RELAYED.c.sequence).where(RELAYED.c.subscriber == subscriber)
    after = session.execute(told).scalar() or 0
    rows = select(OUTBOX).where(OUTBOX.c.sequence > after).order_by(OUTBOX.c.sequence).limit(limit)
    return [_event(row, source) for row in session.execute(rows).mappings()]


def mark_told(session: Session, subscriber: str, sequence: int) -> None:
    """The subscriber has taken in everything up to that event."""
    changed = RELAYED.update().where(RELAYED.c.subscriber == subscriber).values(sequence=sequence)
    if session.execute(changed).rowcount == 0:
        session.execute(insert(RELAYED).values(subscriber=subscriber, sequence=sequence))


def count_unsent(session: Session, subscribers: Sequence[str]) -> int:
    """How many deliveries are still to be made."""
    newest = session.execute(select(OUTBOX.c.sequence).order_by(OUTBOX.c.sequence.desc()).limit(1)).scalar() or 0
    told = {row.subscriber: row.sequence for row in session.execute(select(RELAYED))}
    return sum(newest - told.get(subscriber, 0) for subscriber in subscribers)


def _event(row: RowMapping, source: str) -> Event:
    event = Event(
        id=row["id"],
        source=source,
        aggregate=row["aggregate"],
        sequence=row["sequence"],
        occur_time=to_timestamp(row["occur_time"]),
        traceparent=row["traceparent"],
    )
    event.payload.type_url = f"type.googleapis.com/{row['type']}"
    event.payload.value = row["payload"]
    return event
