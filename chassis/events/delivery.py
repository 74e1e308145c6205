"""The events of one process on their way: from the outbox of each service to its subscribers, here and elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chassis.client.credentials import TokenSource
from chassis.events.inbox import Inbox
from chassis.events.relay import Deliver, Relay
from chassis.events.remote import delivery_by
from chassis.events.sink import EventSinkServicer
from chassis.network import Network
from chassis.service import Service, Subscription
from chassis.storage.database import Database
from innkeeper.events.v1.events_pb2_grpc import EventSinkServiceStub


@dataclass(frozen=True, slots=True)
class _Source:
    """A service of this process, whose events are relayed."""

    service: Service
    database: Database
    tokens: TokenSource


class EventDelivery:
    """Brings what happens in the services of this process to whoever subscribes to it.

    Args:
        catalogue: All services of the platform, with what they subscribe to.
        network: The way to subscribers that run elsewhere.
    """

    def __init__(self, catalogue: Sequence[Service], network: Network) -> None:
        self._catalogue = catalogue
        self._network = network
        self._sources: list[_Source] = []
        self._inboxes: dict[str, Inbox] = {}
        self._subscribed: list[Inbox] = []
        self._relays: list[Relay] = []

    def add(
        self, service: Service, database: Database, subscriptions: Sequence[Subscription], tokens: TokenSource
    ) -> None:
        """Takes part in a service of this process. Its events go to other processes with its tokens."""
        inbox = Inbox(database, subscriptions)
        self._sources.append(_Source(service, database, tokens))
        self._inboxes[service.name] = inbox
        if subscriptions:
            self._subscribed.append(inbox)

    def sink(self) -> EventSinkServicer | None:
        """What takes events that come from other processes; None where nobody here subscribes to any."""
        return EventSinkServicer(self._subscribed) if self._subscribed else None

    def start(self) -> None:
        """Begins to relay, what is left from before first."""
        for source in self._sources:
            relay = Relay(source.service.name, source.database, dict(self._deliveries(source)))
            relay.start()
            self._relays.append(relay)

    async def stop(self) -> None:
        """Ends the relays. What was not relayed is, at the next start."""
        for relay in reversed(self._relays):
            await relay.stop()

    async def settled(self) -> None:
        """Returns when every event recorded so far, and those that they cause, has taken effect with the subscribers
        that are within reach."""
        while any([await relay.unsent() for relay in self._relays]):  # noqa: ASYNC110 - no one event stands for all
            await asyncio.sleep(0.01)

    def _deliveries(self, source: _Source) -> Iterator[tuple[str, Deliver]]:
        """How each subscriber of a service is told: those here directly, those elsewhere through their sink. One
        that is out of reach is told when it is within."""
        for subscriber in self._catalogue:
            if source.service.name not in subscriber.subscribes:
                continue
            if subscriber.name in self._inboxes:
                yield subscriber.name, self._inboxes[subscriber.name].take
            elif self._network.reaches(subscriber.name):
                sink = self._network.stub(EventSinkServiceStub, source.tokens, at=subscriber.name)
                yield subscriber.name, delivery_by(sink)
