"""The inbox of one service: the row that says an event was taken in commits together with the event's effect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from google.protobuf.message import DecodeError
from sqlalchemy import insert, select

from chassis.refusal import InvalidField
from chassis.service import Subscription
from chassis.storage.database import Database
from chassis.storage.session import Session
from chassis.storage.tables import INBOX
from chassis.validation import check
from innkeeper.events.v1.events_pb2 import Event


class Inbox:
    """Takes in events for one service, each once."""

    def __init__(self, database: Database, subscriptions: Sequence[Subscription]) -> None:
        self._database = database
        self._subscriptions = {entry.payload.DESCRIPTOR.full_name: entry for entry in subscriptions}

    def check(self, event: Event) -> None:
        """Raises InvalidFields where the payload is not what the contract of its type asks for."""
        subscription = self._subscriptions.get(event.payload.TypeName())
        if subscription is None:
            return
        try:
            payload = subscription.payload.FromString(event.payload.value)
        except DecodeError:
            raise InvalidField("event.payload", f"cannot be read as {event.payload.TypeName()}") from None
        check(payload, at="event.payload")

    async def take(self, events: Sequence[Event]) -> None:
        """Gives the events their effect, in order and in one transaction, leaving out those that had it before.

        Types that nobody here subscribes to have none.
        """
        wanted = [event for event in events if event.payload.TypeName() in self._subscriptions]
        if wanted:
            await self._database.write(lambda session: self._apply(session, wanted))

    def _apply(self, session: Session, events: Sequence[Event]) -> None:
        ids = [event.id for event in events]
        known = set(session.execute(select(INBOX.c.event_id).where(INBOX.c.event_id.in_(ids))).scalars())
        for event in events:
            if event.id in known:
                continue
            session.execute(insert(INBOX).values(event_id=event.id, take_time=datetime.now(UTC)))
            subscription = self._subscriptions[event.payload.TypeName()]
            subscription.handle(session, event, subscription.payload.FromString(event.payload.value))
