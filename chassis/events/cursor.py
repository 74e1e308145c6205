"""A place in an outbox: what one subscriber, or a broker, is to be told next, and who is about to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, insert, select, update

from chassis.events import dead_letters
from chassis.events.dead_letters import BEHIND, Failure, too_large
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
        self._ahead = ahead.order_by(OUTBOX.c.sequence)
        self._place = select(RELAYED).where(RELAYED.c.subscriber == name)
        self._own = update(RELAYED).where(RELAYED.c.subscriber == name)

    def next(self, session: Session, told: Batch | None, limit: int = BATCH) -> Batch:
        """Notes that a batch has been told, and takes the next one in hand."""
        if told is not None:
            self._move(session, told)
        now = datetime.now(UTC)
        row = session.execute(self._place).one_or_none()
        after = row.sequence if row is not None else 0
        if row is not None and row.holder not in (None, self._holder) and row.hold_time > now:
            return Batch(wait=(row.hold_time - now).total_seconds())
        while events := self._read(session, after, limit):
            through = events[-1].sequence
            fit = self._put_aside(session, events)
            if fit:
                self._hold(session, after, now)
                return Batch(fit, after, through)
            self._hold(session, through, now)
            after = through
        if row is not None and row.holder is not None:
            session.execute(self._own.values(holder=None))
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
        """Only from where the batch began: another relay may be further by now, and a replay further back."""
        session.execute(self._own.where(RELAYED.c.sequence == batch.after).values(sequence=batch.through))

    def _hold(self, session: Session, sequence: int, now: datetime) -> None:
        values = {"sequence": sequence, "holder": self._holder, "hold_time": now + HELD}
        if session.execute(self._own.values(values)).rowcount == 0:
            session.execute(insert(RELAYED).values(subscriber=self.name, **values))

    def _read(self, session: Session, after: int, limit: int) -> list[Event]:
        """The next events, as many as a batch may hold. Of one that is too large the payload is read, and no other."""
        found = self._ahead.where(OUTBOX.c.sequence > after).limit(limit).subquery()
        small = found.c.sum - found.c.bytes < BATCH_BYTES
        rows = session.execute(select(found).where(small).order_by(found.c.sequence)).mappings()
        return [event_of(row, self._source) for row in rows]

    def _put_aside(self, session: Session, events: Sequence[Event]) -> list[Event]:
        """Puts aside what is too large and what comes behind it, also in batches before, and returns the rest."""
        aside, blocked = dead_letters.known(session, self.name, events)
        fit, parked = list[Event](), list[tuple[Event, Failure]]()
        for event in events:
            place, size = (event.source, event.aggregate), len(event.payload.value)
            if event.id in aside:
                continue
            if size > self._max_bytes:
                parked.append((event, too_large(size, self._max_bytes)))
            elif place in blocked:
                parked.append((event, BEHIND))
            else:
                fit.append(event)
                continue
            blocked.add(place)
        dead_letters.park(session, self.name, parked)
        return fit
