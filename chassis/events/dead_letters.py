"""The table of dead letters: events put aside, in the order of their aggregates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from chassis.events.failure import BEHIND, Failure
from chassis.events.outbox import event_of
from chassis.storage.session import Session
from chassis.storage.tables import DEAD_LETTERS
from innkeeper.events.v1.events_pb2 import Event

C = DEAD_LETTERS.c
_ASIDE: Final = select(C.event_id).where(
    C.subscriber == bindparam("subscriber"), C.event_id.in_(bindparam("ids", expanding=True))
)
_FIRST: Final = (
    select(C.source, C.aggregate, func.min(C.sequence).label("sequence"))
    .where(
        C.subscriber == bindparam("subscriber"),
        C.source.in_(bindparam("sources", expanding=True)),  # by which the index is found
        C.aggregate.in_(bindparam("names", expanding=True)),
    )
    .group_by(C.source, C.aggregate)
)
_GIVE_WAY: Final = (
    update(DEAD_LETTERS)
    .where(
        C.subscriber == bindparam("of"),
        C.source == bindparam("from_source"),
        C.aggregate == bindparam("name"),
        C.sequence > bindparam("after"),
    )
    .values(retry_time=None)
)
Aggregate = tuple[str, str]
"""Source and resource name: what order is kept in."""


def park(session: Session, subscriber: str, parked: Iterable[tuple[Event, Failure]]) -> None:
    """Puts events aside that are not aside yet. Letters that happened after one of them are tried with it, and no more
    by themselves."""
    parked, now = list(parked), datetime.now(UTC)
    if not parked:
        return
    session.execute(insert(DEAD_LETTERS), [_row(subscriber, event, failure, now) for event, failure in parked])
    first = [event for event, failure in parked if failure is not BEHIND]
    if first:
        session.execute(_GIVE_WAY, [_place(subscriber, event) for event in first])


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
    aside = session.scalars(_ASIDE, {"subscriber": subscriber, "ids": [event.id for event in events]})
    sources, names = {event.source for event in events}, {event.aggregate for event in events}
    waiting = Waiting()
    for row in session.execute(_FIRST, {"subscriber": subscriber, "sources": list(sources), "names": list(names)}):
        waiting.add(row.source, row.aggregate, row.sequence)
    return set(aside), waiting


def due(session: Session, subscriber: str, now: datetime, limit: int) -> list[Aggregate]:
    """The aggregates whose first letter is to be tried again, those first that have waited longest."""
    letters = select(C.source, C.aggregate).where(C.subscriber == subscriber, C.retry_time <= now)
    return [(row.source, row.aggregate) for row in session.execute(letters.order_by(C.retry_time).limit(limit))]


def is_due(session: Session, subscriber: str, aggregate: Aggregate, now: datetime) -> bool:
    """Whether the first letter of an aggregate is to be tried again; not where another process has just tried it."""
    first: datetime | None = session.scalar(_of(subscriber, aggregate, C.retry_time).order_by(C.sequence).limit(1))
    return first is not None and first <= now


def make_due(session: Session, subscriber: str, aggregate: Aggregate, now: datetime) -> None:
    """Has the first letter of an aggregate tried, by whoever comes to it."""
    first = _of(subscriber, aggregate, C.event_id).order_by(C.sequence).limit(1).scalar_subquery()
    session.execute(update(DEAD_LETTERS).where(C.subscriber == subscriber, C.event_id == first).values(retry_time=now))


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
    letters = _of(subscriber, aggregate, DEAD_LETTERS, C.event_id.label("id"))
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


def _of(subscriber: str, aggregate: Aggregate, *columns: Any) -> Select[Any]:
    source, name = aggregate
    return select(*columns).where(C.subscriber == subscriber, C.source == source, C.aggregate == name)


def _place(subscriber: str, event: Event) -> dict[str, object]:
    return {"of": subscriber, "from_source": event.source, "name": event.aggregate, "after": event.sequence}


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
