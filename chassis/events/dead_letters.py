"""The table of dead letters: events put aside, in the order of their aggregates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, bindparam, delete, func, insert, literal, select, tuple_, update

from chassis.events.outbox import event_of
from chassis.storage.session import Session
from chassis.storage.tables import DEAD_LETTERS
from innkeeper.events.v1.event_log_pb2 import (
    DEAD_LETTER_REASON_BEHIND,
    DEAD_LETTER_REASON_FAILED,
    DEAD_LETTER_REASON_TOO_LARGE,
    DeadLetterReason,
)
from innkeeper.events.v1.events_pb2 import Event

PAUSES: Final = (0.2, 1.0, 5.0, 30.0)
"""Seconds after which one that failed is tried again: for a subscriber that needs a moment, and not for a defect."""

C = DEAD_LETTERS.c
_OF_AGGREGATES: Final = select(C.event_id, C.source, C.aggregate, C.sequence).where(
    C.subscriber == bindparam("subscriber"), C.aggregate.in_(bindparam("names", expanding=True))
)
Aggregate = tuple[str, str]
"""Source and resource name: what order is kept in."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an event did not take effect. `again` says that it may when it is tried again by itself."""

    reason: DeadLetterReason.ValueType
    detail: str
    again: bool = False

    def retry_time(self, attempts: int, now: datetime) -> datetime | None:
        """When to try next, after so many attempts; None for not before somebody asks for it."""
        if not self.again or attempts > len(PAUSES):
            return None
        return now + timedelta(seconds=PAUSES[attempts - 1])


def failed(detail: str) -> Failure:
    """The subscriber's own code failed."""
    return Failure(DEAD_LETTER_REASON_FAILED, detail, again=True)


def too_large(size: int, most: int) -> Failure:
    """A payload of so many bytes, which is more than may be sent."""
    return Failure(DEAD_LETTER_REASON_TOO_LARGE, f"{size} bytes: more than INNKEEPER_MAX_EVENT_BYTES, {most}")


BEHIND: Final = Failure(DEAD_LETTER_REASON_BEHIND, "an earlier event of its aggregate is a dead letter")


def park(session: Session, subscriber: str, parked: Iterable[tuple[Event, Failure]]) -> None:
    """Puts events aside that are not aside yet."""
    now = datetime.now(UTC)
    rows = [_row(subscriber, event, failure, now) for event, failure in parked]
    if rows:
        session.execute(insert(DEAD_LETTERS), rows)


class Waiting:
    """The aggregates that have letters, each with the number of the first: what comes after that waits behind it."""

    def __init__(self) -> None:
        self._first: dict[Aggregate, int] = {}

    def add(self, source: str, aggregate: str, sequence: int) -> None:
        """There is a letter."""
        place = source, aggregate
        self._first[place] = min(sequence, self._first.get(place, sequence))

    def is_behind(self, event: Event) -> bool:
        """Whether something has to take effect before the event does."""
        first = self._first.get((event.source, event.aggregate))
        return first is not None and first < event.sequence


def known(session: Session, subscriber: str, events: Collection[Event]) -> tuple[set[str], Waiting]:
    """Which of the events are letters of the subscriber, and what waits of their aggregates."""
    names = {event.aggregate for event in events}
    ids, waiting = set[str](), Waiting()
    for row in session.execute(_OF_AGGREGATES, {"subscriber": subscriber, "names": list(names)}):
        ids.add(row.event_id)
        waiting.add(row.source, row.aggregate, row.sequence)
    return ids, waiting


def due(session: Session, subscriber: str, now: datetime, limit: int) -> list[Aggregate]:
    """The aggregates whose first letter is to be tried again, those first that have waited longest."""
    letters = select(C.source, C.aggregate).where(C.subscriber == subscriber, C.retry_time <= now)
    return [(row.source, row.aggregate) for row in session.execute(letters.order_by(C.retry_time).limit(limit))]


def next_retry(session: Session, subscriber: str) -> datetime | None:
    """When a letter of the subscriber is to be tried next; None where none is."""
    first: datetime | None = session.scalar(select(func.min(C.retry_time)).where(C.subscriber == subscriber))
    return first


def aggregates(session: Session, aggregate: str, after: tuple[str, str, str], limit: int) -> list[tuple[str, str, str]]:
    """Which aggregates have letters, after that one, as subscriber, source and name; those of one name, where it is
    given."""
    place = select(C.subscriber, C.source, C.aggregate).distinct()
    if aggregate:
        place = place.where(C.aggregate == aggregate)
    last = _after(after, (C.subscriber, C.source, C.aggregate))
    found = session.execute(place.where(last).order_by(C.subscriber, C.source, C.aggregate).limit(limit))
    return [(row.subscriber, row.source, row.aggregate) for row in found]


def of_aggregate(session: Session, subscriber: str, aggregate: Aggregate, limit: int) -> list[tuple[Event, int]]:
    """The first letters of an aggregate, in order, each with the attempts that were made."""
    source, name = aggregate
    letters = select(DEAD_LETTERS, C.event_id.label("id")).where(
        C.subscriber == subscriber, C.source == source, C.aggregate == name
    )
    rows = session.execute(letters.order_by(C.sequence).limit(limit)).mappings()
    return [(event_of(row, row["source"]), row["attempts"]) for row in rows]


def fail_again(
    session: Session, subscriber: str, event: Event, failure: Failure, attempts: int, *, final: bool = False
) -> datetime | None:
    """A letter was tried once more, in vain; returns when it is tried next. With `final` it is not."""
    retry_time = None if final else failure.retry_time(attempts, datetime.now(UTC))
    again = update(DEAD_LETTERS).where(C.subscriber == subscriber, C.event_id == event.id)
    values = {"reason": failure.reason, "detail": failure.detail, "attempts": attempts, "retry_time": retry_time}
    session.execute(again.values(values))
    return retry_time


def forget(session: Session, subscriber: str, ids: Sequence[str]) -> None:
    """These have taken effect."""
    session.execute(delete(DEAD_LETTERS).where(C.subscriber == subscriber, C.event_id.in_(ids)))


def count(session: Session, aggregate: str = "") -> int:
    """How many letters there are, of one aggregate where it is given."""
    letters = select(func.count()).select_from(DEAD_LETTERS)
    return session.scalar(letters.where(C.aggregate == aggregate) if aggregate else letters) or 0


def listed(session: Session, aggregate: str, after: Sequence[str | int], limit: int) -> Sequence[RowMapping]:
    """The letters after that subscriber, source, aggregate, number and id, in this order; those of one aggregate, where
    it is given. Of the payload there is the size alone, as `payload_bytes`."""
    columns = [column for column in C if column is not C.payload]
    letters = select(*columns, func.length(C.payload).label("payload_bytes"))
    if aggregate:
        letters = letters.where(C.aggregate == aggregate)
    order = (C.subscriber, C.source, C.aggregate, C.sequence, C.event_id)
    if after:
        letters = letters.where(_after(after, order))
    return session.execute(letters.order_by(*order).limit(limit)).mappings().all()


def _after(place: Sequence[str | int], columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    return tuple_(*columns) > tuple_(*map(literal, place))


def _row(subscriber: str, event: Event, failure: Failure, now: datetime) -> dict[str, object]:
    return {
        "subscriber": subscriber,
        "event_id": event.id,
        "source": event.source,
        "aggregate": event.aggregate,
        "sequence": event.sequence,
        "occur_time": event.occur_time.ToDatetime(UTC),
        "traceparent": event.traceparent,
        "type": event.payload.TypeName(),
        "payload": event.payload.value,
        "reason": failure.reason,
        "detail": failure.detail[:500],
        "attempts": 1 if failure.again else 0,
        "park_time": now,
        "retry_time": failure.retry_time(1, now),
    }
