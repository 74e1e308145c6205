"""Tells whether everything that happened so far has taken effect."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Final

from sqlalchemy import select

from chassis.events import outbox
from chassis.events.inbox import Inbox
from chassis.storage.database import Database
from chassis.storage.session import Session
from chassis.storage.tables import DEAD_LETTERS
from innkeeper.events.v1.events_pb2 import Event

AT_ONCE: Final = 500
"""How many events are looked up at a time."""


class Settling:
    """Looks at the outbox of one source, and at the inboxes of its subscribers in this process.

    Args:
        database: The source's own.
        cursors: The places in its outbox from which events are brought on.
        inboxes: The inboxes here to which they come by way of somebody else; none where they come straight.
    """

    def __init__(self, source: str, database: Database, cursors: Collection[str], inboxes: Sequence[Inbox]) -> None:
        self._source = source
        self._database = database
        self._cursors = sorted(cursors)
        self._taken: dict[str, int] = {inbox.subscriber: 0 for inbox in inboxes}
        self._inboxes: Mapping[str, Inbox] = {inbox.subscriber: inbox for inbox in inboxes}

    async def settled_through(self) -> int | None:
        """The number of the last event, where all so far are sent, and taken in by these inboxes; else None."""

        def look(session: Session) -> tuple[int, int]:
            newest = outbox.newest(session)
            return newest, min(outbox.places(session, self._cursors).values(), default=newest)

        newest, told = await self._database.read(look)
        if told < newest:
            return None
        for subscriber in self._inboxes:
            if not await self._has_taken(subscriber, newest):
                return None
        return newest

    async def _has_taken(self, subscriber: str, newest: int) -> bool:
        """Goes on from where it was found last that all before had been taken in."""
        while (after := self._taken[subscriber]) < newest:
            events, aside = await self._database.read(partial(self._sent, after=after))
            if not await self._inboxes[subscriber].has_taken([event for event in events if event.id not in aside]):
                return False
            self._taken[subscriber] = events[-1].sequence if events else newest
        return True

    def _sent(self, session: Session, after: int) -> tuple[Sequence[Event], set[str]]:
        """The next events, and the ids of those that were put aside here and not sent."""
        events = outbox.shown(session, self._source, after, AT_ONCE)
        letters = select(DEAD_LETTERS.c.event_id).where(
            DEAD_LETTERS.c.subscriber.in_(self._cursors), DEAD_LETTERS.c.event_id.in_([event.id for event in events])
        )
        return events, set(session.scalars(letters))
