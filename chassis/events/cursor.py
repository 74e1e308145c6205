"""A place in an outbox: what one subscriber, or a broker, is to be told next, and who is about to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, insert, select, update

from chassis.events import dead_letters
from chassis.events.failure import BEHIND, Failure, too_large
from chassis.events.outbox import event_of
from chassis.storage.session import Session
from chassis.storage.tables import OUTBOX, RELAYED
from innkeeper.events.v1.events_pb2 import Event

BATCH: Final = 250
BATCH_BYTES: Final = 1024 * 1024
"""How large the payloads of a batch may be together; one event may be larger."""

HELD: Final = timedelta(seconds=2)
"""For how long a relay has a place to itself. One that takes longer may find that another tells the same meanwhile.
That costs work and nothing else: subscribers know what they were told, and nobody reads on before a batch is taken."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be told next: everything `after` that number `through` the other, but for what was put aside.

    Where there is nothing, `wait` is for how many seconds another relay may be about to tell more.
    """

    events: Sequence[Event] = ()
    after: int = 0
    through: int = 0
    wait: float = 0.0


class Cursor:
    """A place in the outbox of a source, for one relay.

    Args:
        source: The service whose outbox it is.
        name: Whom it is for: a subscriber, or a broker.
        max_bytes: How large a payload may be; one that is larger is put aside, with the rest of its aggregate.
    """

    def __init__(self, source: str, name: str, max_bytes: int) -> None:
        self.name = name
        self._source = source
        self._max_bytes = max_bytes
        self._holder = str(uuid.uuid4())
        columns = (*OUTBOX.c, func.length(OUTBOX.c.payload).label("bytes"))
        ahead = select(*columns, func.sum(func.length(OUTBOX.c.payload)).over(order_by=OUTBOX.c.sequence).label("sum"))
        ahead = ahead.where(OUTBOX.c.sequence > bindparam("after")).order_by(OUTBOX.c.sequence)
        found = ahead.limit(bindparam("limit")).subquery()
        small = found.c.sum - found.c.bytes < BATCH_BYTES
        # Made once: to make a statement takes longer than to carry it out, and these are for every event.
        self._ahead = select(found).where(small).order_by(found.c.sequence)
        self._place = select(RELAYED).where(RELAYED.c.subscriber == name)
        self._own = update(RELAYED).where(RELAYED.c.subscriber == name)
        new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("sequence", "holder", "hold_time")}
        self._update = self._own.values(**new)

    def next(self, session: Session, told: Batch | None, limit: int = BATCH) -> Batch:
        """Notes that a batch has been told, and takes the next one in hand."""
        now = datetime.now(UTC)
        row = session.execute(self._place).one_or_none()
        before = after = row.sequence if row is not None else 0
        if told is not None and told.after == before:  # else another relay is further by now, or a replay further back
            after = told.through
        if row is not None and row.holder not in (None, self._holder) and row.hold_time > now:
            if after != before:
                self._put(session, row, after, row.holder, row.hold_time)
            return Batch(wait=(row.hold_time - now).total_seconds())
        while events := self._read(session, after, limit):
            through = events[-1].sequence
            if fit := self._put_aside(session, events):
                self._put(session, row, after, self._holder, now + HELD)
                return Batch(fit, after, through)
            after = through
        if after != before or (row is not None and row.holder is not None):
            self._put(session, row, after, None, now)
        return Batch()

    def park(self, session: Session, batch: Batch, failure: Failure) -> None:
        """Puts a batch aside that nobody will take."""
        aside, _ = dead_letters.known(session, self.name, batch.events)
        dead_letters.park(session, self.name, [(event, failure) for event in batch.events if event.id not in aside])
        self._move(session, batch)

    def release(self, session: Session) -> None:
        """Leaves the place to other relays."""
        session.execute(self._own.where(RELAYED.c.holder == self._holder).values(holder=None))

    def _move(self, session: Session, batch: Batch) -> None:
        """Only from where the batch began, as in `next`."""
        session.execute(self._own.where(RELAYED.c.sequence == batch.after).values(sequence=batch.through))

    def _put(
        self, session: Session, row: Row[Any] | None, sequence: int, holder: str | None, hold_time: datetime
    ) -> None:
        if row is None:
            values = {"subscriber": self.name, "sequence": sequence, "holder": holder, "hold_time": hold_time}
            session.execute(insert(RELAYED).values(values))
        else:
            new = {"new_sequence": sequence, "new_holder": holder, "new_hold_time": hold_time}
            session.execute(self._update, new)

    def _read(self, session: Session, after: int, limit: int) -> list[Event]:
        """The next events, as many as a batch may hold. Of one that is too large the payload is read, and no other."""
        rows = session.execute(self._ahead, {"after": after, "limit": limit}).mappings()
        return [event_of(row, self._source) for row in rows]

    def _put_aside(self, session: Session, events: Sequence[Event]) -> list[Event]:
        """Puts aside what is too large and what comes behind it, also in batches before, and returns the rest."""
        aside, waiting = dead_letters.known(session, self.name, events)
        fit, parked = list[Event](), list[tuple[Event, Failure]]()
        for event in events:
            size = len(event.payload.value)
            if event.id in aside:
                continue
            if size > self._max_bytes:
                parked.append((event, too_large(size, self._max_bytes)))
            elif waiting.is_behind(event):
                parked.append((event, BEHIND))
            else:
                fit.append(event)
                continue
            waiting.add(event.source, event.aggregate, event.sequence)
        dead_letters.park(session, self.name, parked)
        return fit
