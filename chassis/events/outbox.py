"""The outbox: events are recorded in the transaction that causes them, and read in order by the relay."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from google.protobuf.message import Message
from sqlalchemy import case, func, insert, select

from chassis.dates import to_timestamp
from chassis.storage.session import Session
from chassis.storage.tables import OUTBOX, RELAYED
from innkeeper.events.v1.events_pb2 import Event

RECORD = insert(OUTBOX)
IN_ORDER = 7_000_001
"""The number of the advisory lock that orders a database's outbox; it has no other meaning."""

LARGEST_SHOWN: Final = 16 * 1024
"""Bytes of a payload beyond which it is not shown."""

_SHOWN = select(
    *(column for column in OUTBOX.c if column is not OUTBOX.c.payload),
    case((func.length(OUTBOX.c.payload) <= LARGEST_SHOWN, OUTBOX.c.payload), else_=b"").label("payload"),
)
NAMES: Final = re.compile(r"[\x21-\x7E]{1,256}")
"""What the contract asks of the name of an aggregate. An event that breaks its rules would be refused by all."""


def commit_in_order(session: Session) -> None:
    """Has the numbers that are given from here on, in this unit of work, become visible in their order, and has
    `Database.on_events` told of them: whoever reads on from the last number that it has seen leaves none out.

    SQLite has one writer; on PostgreSQL the transactions that come here commit one after the other.
    """
    if "recorded" not in session.info and session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(IN_ORDER)))
    session.info["recorded"] = True


def record(session: Session, aggregate: str, payload: Message) -> None:
    """Records that something happened to an aggregate, which is named by its resource name. Raises ValueError for what
    can be no such name."""
    if NAMES.fullmatch(aggregate) is None:
        raise ValueError(f"{aggregate!r} is no resource name: it needs 1 to 256 visible ASCII characters")
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


def shown(session: Session, source: str, after: int, limit: int, *, aggregate: str = "") -> list[Event]:
    """The events after that number, in order, of one aggregate where it is given, to be looked at: large payloads are
    left out."""
    rows = _SHOWN.where(OUTBOX.c.sequence > after)
    if aggregate:
        rows = rows.where(OUTBOX.c.aggregate == aggregate)
    return [event_of(row, source) for row in session.execute(rows.order_by(OUTBOX.c.sequence).limit(limit)).mappings()]


def nth_last(session: Session, count: int, *, aggregate: str = "") -> int:
    """The number after which the last so many events are, of one aggregate where it is given."""
    numbers = select(OUTBOX.c.sequence).order_by(OUTBOX.c.sequence.desc())
    if aggregate:
        numbers = numbers.where(OUTBOX.c.aggregate == aggregate)
    return session.scalar(numbers.offset(count).limit(1)) or 0


def newest(session: Session) -> int:
    """The number of the last event; 0 where nothing ever happened."""
    return session.scalar(select(func.max(OUTBOX.c.sequence))) or 0


def places(session: Session, cursors: Sequence[str]) -> dict[str, int]:
    """How far each of these has been told."""
    told = {row.subscriber: row.sequence for row in session.execute(select(RELAYED.c.subscriber, RELAYED.c.sequence))}
    return {cursor: told.get(cursor, 0) for cursor in cursors}


def event_of(row: Mapping[Any, Any], source: str) -> Event:
    """The event that a row tells of."""
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
