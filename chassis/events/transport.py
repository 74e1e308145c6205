"""What brings events from the relay of their source to those who subscribe to them: straight, or by a broker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from chassis.client.credentials import TokenSource
from chassis.events.inbox import Inbox
from chassis.service import Service
from chassis.storage.database import Database
from innkeeper.events.v1.events_pb2 import Event

BROKER: Final = "broker"
"""The name of the place that a broker has in an outbox, in the stead of all subscribers."""

Deliver = Callable[[Sequence[Event]], Awaitable[None]]
"""Brings a batch, the earliest first, and returns when each event of it is kept by whoever takes it: a subscriber has
taken it in, or a broker has confirmed it. Where it raises, nothing is known of any of them, and all are brought again.
Raises Unfit for a batch of one that will never be taken."""


@dataclass(frozen=True, slots=True)
class Source:
    """A service of this process, whose events are relayed. They go to other processes with its tokens."""

    service: Service
    database: Database
    tokens: TokenSource


class Transport(Protocol):
    """Brings events on their way. It is made before the process has inboxes, started after the databases are there."""

    broker: str
    """Where the broker is that has what was delivered until it is taken in, for people; empty where there is none, and
    what was delivered has been taken in."""

    @property
    def reached(self) -> bool:
        """Whether events can be brought on their way now; not where the broker is away, for which they wait."""

    def cursors(self, source: str) -> frozenset[str]:
        """The names of all the places that are kept in the outbox of a source: of each subscriber's, whether it can be
        reached or not, or of the broker's."""

    def deliveries(self, source: Source) -> Mapping[str, Deliver]:
        """What brings batches from each of these places. Of those that can not be reached from here there is none."""

    async def start(self, inboxes: Mapping[str, Inbox]) -> None:
        """Begins to fill the inboxes of this process, by subscriber, where something has to be done for that. Returns
        at once, also where a broker is not there; it is waited for meanwhile."""

    async def stop(self) -> None:
        """Ends what was begun. Called after the relays have ended, before the databases close."""
