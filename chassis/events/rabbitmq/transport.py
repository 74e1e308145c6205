"""RabbitMQ as the transport of events."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from chassis.events.inbox import Inbox
from chassis.events.rabbitmq.address import BrokerAddress
from chassis.events.rabbitmq.intake import Intake
from chassis.events.rabbitmq.link import Link
from chassis.events.rabbitmq.publisher import Publisher
from chassis.events.transport import Deliver, Source
from chassis.service import Service

BROKER: Final = "broker"
"""The place in the outbox up to which the broker has the events."""


class RabbitmqTransport:
    """Publishes what happens here, and takes in what the services here subscribe to.

    It has two connections: a broker that is short of memory or disk stops those that publish; those that consume are
    to go on.

    Args:
        catalogue: All services of the platform, with what they subscribe to.
        address: Where the broker is.
        name: The process, as the broker lists its connections.
    """

    def __init__(self, catalogue: Sequence[Service], address: BrokerAddress, name: str) -> None:
        # Its log says of each try what is said here once, some of it as an error.
        logging.getLogger("aiormq").setLevel(logging.CRITICAL)
        self.broker = str(address)
        self._catalogue = catalogue
        self._publishing = Link(address, f"{name} publishes", tells=True)
        self._consuming = Link(address, f"{name} consumes", tells=False)
        self._intakes: list[Intake] = []

    @property
    def reached(self) -> bool:
        """Whether the broker is there now."""
        return self._publishing.up

    def cursors(self, source: str) -> frozenset[str]:
        """There is one: what the broker has, it brings to all."""
        return frozenset({BROKER})

    def deliveries(self, source: Source) -> Mapping[str, Deliver]:
        """What publishes for that source."""
        subscribers = [service for service in self._catalogue if source.service.name in service.subscribes]
        return {BROKER: Publisher(self._publishing, subscribers).deliver}

    async def start(self, inboxes: Mapping[str, Inbox]) -> None:
        """Begins to connect and to consume. Returns at once."""
        self._publishing.start()
        if not inboxes:
            return
        self._consuming.start()
        for service in self._catalogue:
            if service.name in inboxes and service.subscribes:
                intake = Intake(self._consuming, service, inboxes[service.name])
                intake.start()
                self._intakes.append(intake)

    async def stop(self) -> None:
        """Consumes no more, and ends the connections."""
        for intake in self._intakes:
            await intake.stop()
        await self._consuming.stop()
        await self._publishing.stop()
