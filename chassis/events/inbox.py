"""The inbox of one service: the row that says an event was taken in commits together with the event's effect, and so
does the letter that says why it has none yet."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

from google.protobuf.message import DecodeError
from sqlalchemy import bindparam, delete, insert, select

from chassis.events import dead_letters
from chassis.events.dead_letters import Aggregate
from chassis.events.effect import Effects
from chassis.events.failure import BEHIND, Failure
from chassis.observability.tracing import Tracing
from chassis.refusal import InvalidFields
from chassis.service import Subscription
from chassis.storage.database import Database
from chassis.storage.session import Session
from chassis.storage.tables import DEAD_LETTERS, INBOX
from chassis.validation import check
from innkeeper.events.v1.event_log_pb2 import (
    DEAD_LETTER_REASON_UNDELIVERABLE,
    DEAD_LETTER_REASON_UNREADABLE,
)
from innkeeper.events.v1.events_pb2 import Event

_KNOWN: Final = select(INBOX.c.event_id).where(INBOX.c.event_id.in_(bindparam("ids", expanding=True)))
_TAKE_IN: Final = insert(INBOX)

AT_ONCE: Final = 50
"""How many letters of an aggregate are tried in one transaction."""


class Inbox:
    """Takes in events for one service, each once, and those of an aggregate in order.

    Args:
        database: The service's own.
        subscriptions: What it does when something happens elsewhere.
        tracing: Continues the trace of each event.
    """

    def __init__(self, database: Database, subscriptions: Sequence[Subscription], tracing: Tracing) -> None:
        self.subscriber = database.name
        self.retried = asyncio.Event()
        """Set when there is a letter to be tried again."""

        self._database = database
        self._effects = Effects(database.name, subscriptions, tracing)

    async def take(self, events: Sequence[Event]) -> None:
        """Takes the events in, in order and in one transaction: each takes effect, or is kept as a dead letter. Those
        are left out that were taken in before, and types to which the service does not subscribe.

        Raises whatever the database refuses; then nothing is known of any of them, and they are to be brought again.
        """
        wanted = [event for event in events if self._effects.wants(event)]
        if not wanted:
            return
        again: bool = await self._database.write(partial(self._take, events=wanted))
        if again:
            self.retried.set()

    async def bury(self, message: bytes, detail: str) -> None:
        """Keeps a message as a dead letter that a broker has given up, or that is no event at all. One of a type to
        which the service does not subscribe is left out."""
        try:
            event = Event.FromString(message)
            check(event)
            reason = DEAD_LETTER_REASON_UNDELIVERABLE
            if not self._effects.wants(event):
                return
        except (DecodeError, InvalidFields):
            event = _stand_in(message)
            reason = DEAD_LETTER_REASON_UNREADABLE
        failure = Failure(reason, detail)

        def keep(session: Session) -> None:
            letters, _ = dead_letters.known(session, self.subscriber, [event])
            taken = session.scalar(select(INBOX.c.event_id).where(INBOX.c.event_id == event.id))
            if event.id not in letters and taken is None:
                dead_letters.park(session, self.subscriber, [(event, failure)])

        await self._database.write(keep)

    async def has_taken(self, events: Sequence[Event]) -> bool:
        """Whether each of these has taken effect, or is a dead letter, or concerns nobody here."""
        ids = {event.id for event in events if self._effects.wants(event)}

        def look(session: Session) -> bool:
            taken = session.scalars(select(INBOX.c.event_id).where(INBOX.c.event_id.in_(ids))).all()
            letters = select(DEAD_LETTERS.c.event_id).where(
                DEAD_LETTERS.c.subscriber == self.subscriber, DEAD_LETTERS.c.event_id.in_(ids)
            )
            return ids <= {*taken, *session.scalars(letters)}

        return not ids or await self._database.read(look)

    async def next_retry(self) -> datetime | None:
        """When a letter is to be tried again; None where none is."""
        return await self._database.read(lambda session: dead_letters.next_retry(session, self.subscriber))

    async def retry(self) -> None:
        """Tries the letters again that are due, each with those behind it."""
        while places := await self._database.read(
            lambda session: dead_letters.due(session, self.subscriber, datetime.now(UTC), AT_ONCE)
        ):
            for aggregate in places:
                await self.try_again(aggregate, final=False)

    async def try_again(self, aggregate: Aggregate, *, final: bool) -> int:
        """Tries the letters of an aggregate in order, up to the first that fails; returns how many took effect. With
        `final` they are tried whether they are due or not, and one that fails is not tried again by itself."""
        redriven = 0
        while True:
            done, more = await self._database.write(partial(self._try_again, aggregate=aggregate, final=final))
            redriven += done
            if not more:
                return redriven

    def _take(self, session: Session, events: Sequence[Event]) -> bool:
        """Returns whether there is a letter to be tried again."""
        ids = [event.id for event in events]
        known = set(session.scalars(_KNOWN, {"ids": ids}))
        letters, waiting = dead_letters.known(session, self.subscriber, events)
        known |= letters
        fresh = {event.id: event for event in events if event.id not in known}
        if not fresh:
            return False
        # Before any effect: two that take in the same event at the same time meet here, and not in what a handler does.
        now = datetime.now(UTC)
        session.execute(_TAKE_IN, [{"event_id": id_, "take_time": now} for id_ in fresh])
        parked: list[tuple[Event, Failure]] = []
        for event in fresh.values():
            failure = BEHIND if waiting.is_behind(event) else self._effects.give(session, event)
            if failure is not None:
                waiting.add(event.source, event.aggregate, event.sequence)
                parked.append((event, failure))
        if parked:
            _take_out(session, [event.id for event, _ in parked])
            dead_letters.park(session, self.subscriber, parked)
        return any(failure.again for _, failure in parked)

    def _try_again(self, session: Session, aggregate: Aggregate, final: bool) -> tuple[int, bool]:
        """Returns how many took effect, and whether there are more to try."""
        now = datetime.now(UTC)
        if not final and not dead_letters.is_due(session, self.subscriber, aggregate, now):
            return 0, False
        done: list[str] = []
        for event, attempts in dead_letters.of_aggregate(session, self.subscriber, aggregate, AT_ONCE):
            session.execute(_TAKE_IN, {"event_id": event.id, "take_time": now})
            failure = self._effects.give(session, event)
            if failure is not None:
                _take_out(session, [event.id])
                dead_letters.fail_again(session, self.subscriber, event, failure, attempts + 1, final=final)
                break
            done.append(event.id)
        dead_letters.forget(session, self.subscriber, done)
        more = len(done) == AT_ONCE
        if more:  # else nobody would come to the rest, if this process ended now
            dead_letters.make_due(session, self.subscriber, aggregate, now)
        return len(done), more


def _take_out(session: Session, ids: Sequence[str]) -> None:
    session.execute(delete(INBOX).where(INBOX.c.event_id.in_(ids)))


def _stand_in(message: bytes) -> Event:
    """An event that keeps what cannot be read as one. It is the same for the same bytes."""
    event = Event(
        id=str(uuid.uuid5(uuid.NAMESPACE_OID, message.hex())), source="unknown", aggregate="unknown", sequence=1
    )
    event.occur_time.GetCurrentTime()
    event.payload.type_url = "type.googleapis.com/unknown"
    event.payload.value = message
    return event
