"""Tries dead letters once more: those of an inbox, and those that a source could not send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from chassis.events import dead_letters, outbox
from chassis.events.cursor import BATCH_BYTES
from chassis.events.dead_letters import Aggregate
from chassis.events.failure import Failure, failed, too_large
from chassis.events.inbox import Inbox
from chassis.events.transport import Deliver
from chassis.events.unfit import Unfit, told
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.events.v1.events_pb2 import Event

AT_ONCE: Final = 5
"""How many letters of an aggregate, which may be large, are looked at together."""

AGGREGATES: Final = 200
"""How many aggregates are looked up at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrive:
    """The dead letters of one service.

    `inbox` is its own, where it has one. `deliver` brings on their way what it could not send, for each place that is
    kept in its outbox, as far as the payload has no more than `max_bytes`.
    """

    database: Database
    inbox: Inbox | None
    deliver: Mapping[str, Deliver]
    max_bytes: int

    async def all(self, aggregate: str) -> tuple[int, int]:
        """Tries all letters, of one aggregate where it is given, those of each in order up to the first that fails.
        Returns how many are letters no more, and how many are left."""
        redriven, after = 0, ("", "", "")
        while places := await self.database.read(
            partial(dead_letters.aggregates, aggregate=aggregate, after=after, limit=AGGREGATES)
        ):
            for subscriber, source, name in places:
                redriven += await self._aggregate(subscriber, (source, name))
            after = places[-1]
        return redriven, await self.database.read(partial(dead_letters.count, aggregate=aggregate))

    async def _aggregate(self, subscriber: str, aggregate: Aggregate) -> int:
        if subscriber != self.database.name:
            return await self._send(subscriber, aggregate)
        return await self.inbox.try_again(aggregate, final=True) if self.inbox is not None else 0

    async def _send(self, subscriber: str, aggregate: Aggregate) -> int:
        """Sends what was put aside at the source. Until the last of them is no letter any more, the relay puts aside
        what comes behind them: so nothing overtakes them."""
        sent = 0
        while letters := await self.database.read(partial(_sendable, subscriber=subscriber, aggregate=aggregate)):
            fit = self._fit([event for event, _ in letters])
            failure = (
                await self._deliver(subscriber, fit)
                if fit
                else too_large(len(letters[0][0].payload.value), self.max_bytes)
            )
            if failure is not None:
                event, attempts = letters[0]
                stays = partial(dead_letters.fail_again, subscriber=subscriber, event=event, failure=failure)
                await self.database.write(partial(stays, attempts=attempts + 1, final=True))
                return sent
            ids = [event.id for event in fit]
            await self.database.write(partial(dead_letters.forget, subscriber=subscriber, ids=ids))
            sent += len(fit)
        return sent

    def _fit(self, events: Sequence[Event]) -> list[Event]:
        """The first of these, as many as may be sent together."""
        fit, together = list[Event](), 0
        for event in events:
            size = len(event.payload.value)
            together += size
            if size > self.max_bytes or (fit and together > BATCH_BYTES):
                break
            fit.append(event)
        return fit

    async def _deliver(self, subscriber: str, events: Sequence[Event]) -> Failure | None:
        deliver = self.deliver.get(subscriber)
        if deliver is None:
            return failed(f"there is no way to {subscriber} from here")
        try:
            await deliver(events)
        except Unfit as unfit:
            return Failure(unfit.reason, unfit.detail)
        except Exception as error:
            return failed(f"could not be sent: {told(error)}")
        return None


def _sendable(session: Session, subscriber: str, aggregate: Aggregate) -> list[tuple[Event, int]]:
    """The first letters of an aggregate, as far as the subscriber has been told what happened before them: a letter is
    put aside while the events before it are on their way, or they may be sent once more."""
    told = outbox.places(session, [subscriber])[subscriber]
    letters = dead_letters.of_aggregate(session, subscriber, aggregate, AT_ONCE)
    return [letter for letter in letters if letter[0].sequence <= told]
