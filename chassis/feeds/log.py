"""A log of what happens: a table, written with each change, read on from any place by those who watch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, insert, select, update

from chassis.events.outbox import commit_in_order
from chassis.refusal import Refusal
from chassis.storage.session import Session


class Entry(Protocol):
    """Something that happened. Of two entries, the one with the lower id happened first."""

    @property
    def id(self) -> int: ...


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Feed:
    """What one watches: the entries that have `name` in the column `by`; without a column, all of them."""

    by: str = ""
    name: str = ""


ALL: Final = Feed()


class EventNotKept(Refusal):
    """A watch that could only go on with a gap."""

    reason = "EVENT_NOT_KEPT"


class Log(Generic[E]):
    """The entries of a table, in order, and how long they are kept.

    Args:
        table: Has a primary key `id` that counts up and is not given twice; `occur_time`, indexed; and `lost_through`:
            of the oldest entry of its aggregate that is kept, the id of the last one before it that is not; else 0.
        of: The column that names the aggregate. The newest entry of each is always kept.
        by: The columns, each indexed, by whose names there are feeds.
        read: What a row says.
    """

    def __init__(self, table: Table, *, of: str, by: Iterable[str], read: Callable[[Mapping[Any, Any]], E]) -> None:
        self._table = table
        self._aggregate = table.c[of]
        self._by = tuple(by)
        self._read = read
        self._append = insert(table)
        self._newest = select(func.max(table.c.id))
        belongs: dict[str, ColumnElement[bool]] = {name: table.c[name] == bindparam("key") for name in self._by}
        after = select(table).where(table.c.id > bindparam("after")).order_by(table.c.id).limit(bindparam("limit"))
        lost = (
            select(table.c.id)
            .where(table.c.id > bindparam("after"), table.c.lost_through > bindparam("after"))
            .limit(1)
        )
        self._of_feed = {"": after, **{name: after.where(condition) for name, condition in belongs.items()}}
        self._lost = {"": lost, **{name: lost.where(condition) for name, condition in belongs.items()}}

    def append(self, session: Session, row: Mapping[str, object]) -> None:
        """Log what happened, in the transaction in which it does."""
        commit_in_order(session)
        session.execute(self._append, {**row, "lost_through": 0})

    def newest(self, session: Session) -> int:
        """The id of the newest entry there is; 0 where nothing ever happened."""
        return session.scalar(self._newest) or 0

    def of_feed(self, session: Session, feed: Feed, after: int, limit: int) -> list[E]:
        """The next entries of a feed after that id, in order."""
        rows = session.execute(self._of_feed[feed.by], {**_key(feed), "after": after, "limit": limit})
        return [self._read(row) for row in rows.mappings()]

    def feeds_of(self, entry: E) -> Iterator[Feed]:
        """The feeds that an entry belongs to."""
        yield ALL
        for by in self._by:
            yield Feed(by, getattr(entry, by))

    def require_kept(self, session: Session, feed: Feed, after: int) -> None:
        """Raise EventNotKept where a watch could not go on after that entry without a gap."""
        if after > self.newest(session):
            raise EventNotKept(f"there is no event {after} yet: watch without `after_event`")
        if session.scalar(self._lost[feed.by], {**_key(feed), "after": after}) is not None:
            raise EventNotKept(f"events after {after} are not kept any more: watch without `after_event`")

    def outdated(self, session: Session, before: datetime, limit: int) -> list[tuple[int, str]]:
        """The oldest entries from before that time, id and aggregate, but for the newest of each aggregate."""
        table, later = self._table, self._table.alias()
        is_not_newest = select(later.c.id).where(
            later.c[self._aggregate.name] == self._aggregate, later.c.id > table.c.id
        )
        query = (
            select(table.c.id, self._aggregate)
            .where(table.c.occur_time < before, is_not_newest.exists())
            .order_by(table.c.id)
            .limit(limit)
        )
        return [(id_, aggregate) for id_, aggregate in session.execute(query)]

    def forget(self, session: Session, entries: Iterable[tuple[int, str]]) -> None:
        """Delete these entries, and all before them of the same aggregates."""
        table = self._table
        through = defaultdict[str, int](int)
        for entry, aggregate in entries:
            through[aggregate] = max(through[aggregate], entry)
        for aggregate, last in through.items():
            of_aggregate = self._aggregate == aggregate
            session.execute(delete(table).where(of_aggregate, table.c.id <= last))
            first = select(func.min(table.c.id)).where(of_aggregate).scalar_subquery()
            session.execute(update(table).where(table.c.id == first).values(lost_through=last))


def _key(feed: Feed) -> dict[str, str]:
    return {"key": feed.name} if feed.by else {}
