"""The events of one process on their way: from the outbox of each service to its subscribers, here and elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from chassis.client.credentials import TokenSource
from chassis.events.event_log import EventLogServicer
from chassis.events.inbox import Inbox
from chassis.events.lag import EventMetrics
from chassis.events.pruning import prune
from chassis.events.relay import Relay
from chassis.events.retrying import Retrying
from chassis.events.settling import Settling
from chassis.events.sink import EventSinkServicer
from chassis.events.transport import Source, Transport
from chassis.observability.metrics import Metrics
from chassis.observability.tracing import Tracing
from chassis.service import Service, Subscription, Timer
from chassis.settings import Settings
from chassis.storage.database import Database

PRUNE_EVERY: Final = 3600.0


class EventDelivery:
    """Brings what happens in the services of this process to whoever subscribes to it.

    Args:
        transport: What brings them on their way.
        settings: How large an event may be, and for how long it is kept.
        tracing: Continues the trace of each event where it takes effect.
        metrics: Has what subscribers are still to be told.
    """

    def __init__(self, transport: Transport, settings: Settings, tracing: Tracing, metrics: Metrics) -> None:
        self._settings = settings
        self._tracing = tracing
        self._metrics = metrics
        self.transport = transport
        self._sources: dict[str, Source] = {}
        self._inboxes: dict[str, Inbox] = {}
        self._relays: dict[str, Relay] = {}
        self._retrying: list[Retrying] = []
        self._settling: list[Settling] = []
        self._log = EventLogServicer(self._sources, self._inboxes, self._relays, settings.event_days)

    def add(
        self, service: Service, database: Database, subscriptions: Sequence[Subscription], tokens: TokenSource
    ) -> None:
        """Takes part in a service of this process. Its events go to other processes with its tokens."""
        self._sources[service.name] = Source(service, database, tokens)
        if subscriptions:
            self._inboxes[service.name] = Inbox(database, subscriptions, self._tracing)

    def sink(self) -> EventSinkServicer | None:
        """What takes events that come from other processes; None where nobody here subscribes to any."""
        return EventSinkServicer(self._inboxes) if self._inboxes else None

    def log(self) -> EventLogServicer | None:
        """What shows and mends the event logs of this process; None where no service here has one."""
        return self._log if self._sources else None

    async def start(self) -> None:
        """Begins to relay, what is left from before first."""
        await self.transport.start(self._inboxes)
        behind = {name: (source.database, self.transport.cursors(name)) for name, source in self._sources.items()}
        self._metrics.registry.register(EventMetrics(behind))
        if self.transport.broker:
            self._metrics.gauges["innkeeper_broker_up"] = (
                "Whether the broker of events is reached.",
                lambda: float(self.transport.reached),
            )
        for name, source in self._sources.items():
            deliver = self.transport.deliveries(source)
            relay = Relay(name, source.database, deliver, self._settings.max_event_bytes)
            hearing = [inbox for inbox in self._inboxes.values() if self._hears(inbox, name)]
            between = hearing if self.transport.broker else []
            self._settling.append(Settling(name, source.database, deliver, between))
            relay.start()
            self._relays[name] = relay
        for inbox in self._inboxes.values():
            retrying = Retrying(inbox)
            retrying.start()
            self._retrying.append(retrying)

    def drain(self) -> None:
        """Ends what would go on for as long as the process does: watches."""
        self._log.drain()

    async def stop(self) -> None:
        """Ends the relays. What was not relayed is, at the next start."""
        for retrying in self._retrying:
            await retrying.stop()
        for relay in reversed(self._relays.values()):
            await relay.stop()
        await self.transport.stop()

    def timers(self) -> Iterator[Timer]:
        """What is done again and again: what is old is forgotten."""
        keep = timedelta(days=self._settings.event_days)
        for name, source in self._sources.items():
            run = partial(prune, source.database, self.transport.cursors(name), keep)
            yield Timer(f"prune-events-of-{name}", every=PRUNE_EVERY, run=run)

    async def settled(self) -> None:
        """Returns when every event recorded so far, and those that they cause, has taken effect with the subscribers
        that are within reach, or is a dead letter that nobody tries any more."""
        before = None
        while True:
            now = await self._settled_through()
            if now is not None and now == before:  # nothing has happened behind our back
                return
            before = now
            if now is None:
                await asyncio.sleep(0.01)

    async def _settled_through(self) -> list[int] | None:
        """The number of the last event of each source, where all so far have taken effect; else None."""
        through = [await settling.settled_through() for settling in self._settling]
        retried = [await inbox.next_retry() for inbox in self._inboxes.values()]
        if None in through or any(retried):
            return None
        return [number for number in through if number is not None]

    def _hears(self, inbox: Inbox, source: str) -> bool:
        return source in self._sources[inbox.subscriber].service.subscribes
