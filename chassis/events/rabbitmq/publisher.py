"""Brings the events of a source to the exchange, each confirmed by the broker before the relay goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import aiormq

from chassis.events.rabbitmq import topology
from chassis.events.rabbitmq.envelope import properties_of

if TYPE_CHECKING:
    from chassis.events.rabbitmq.link import Link
    from chassis.service import Service
    from innkeeper.events.v1.events_pb2 import Event

CONFIRM_WITHIN: Final = 30.0
"""Seconds. A broker that is short of memory or disk takes nothing, and says nothing."""


class Publisher:
    """Publishes for one source, in order.

    Args:
        link: The way to the broker.
        subscribers: Whom the events are for.
    """

    def __init__(self, link: Link, subscribers: Sequence[Service]) -> None:
        self._link = link
        self._subscribers = subscribers
        self._channel: aiormq.Channel | None = None
        self._opening = asyncio.Lock()

    async def deliver(self, events: Sequence[Event]) -> None:
        """Returns when the broker has all of them for good. Waits for as long as there is no broker. Raises AMQPError,
        TimeoutError."""
        channel = await self._open()
        try:
            async with asyncio.timeout(CONFIRM_WITHIN):
                await asyncio.gather(*(self._publish(channel, event) for event in events))
        except BaseException:
            # What is on its way on this channel may still arrive. All come again on another, from the first on, so that
            # none of them is there before one that happened earlier.
            if self._channel is channel:  # else whoever shares it was faster
                self._channel = None
            await channel.close()
            raise

    async def _publish(self, channel: aiormq.Channel, event: Event) -> None:
        """Raises PublishError where no queue takes the event, which it is asked about where there is to be one."""
        await channel.basic_publish(
            event.SerializeToString(),
            exchange=topology.EVENTS,
            routing_key=topology.routing_key(event.source, event.payload.TypeName()),
            properties=properties_of(event),
            mandatory=bool(self._subscribers),
            wait=False,
        )

    async def _open(self) -> aiormq.Channel:
        async with self._opening:  # the relay delivers, and a redrive meanwhile
            if self._channel is None or self._channel.is_closed:
                connection = await self._link.connection()
                channel = await connection.channel(timeout=CONFIRM_WITHIN)
                assert isinstance(channel, aiormq.Channel)
                await topology.declare(channel, self._subscribers)
                self._channel = channel
            return self._channel
