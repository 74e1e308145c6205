"""Fills the inbox of one subscriber from its queues."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from chassis.events.rabbitmq.consumer import Consumer
from chassis.events.rabbitmq.envelope import deliveries_of, event_in
from chassis.events.rabbitmq.topology import DELIVERY_LIMIT, dead_queue_of, queue_of

if TYPE_CHECKING:
    from aiormq.abc import DeliveredMessage

    from chassis.events.inbox import Inbox
    from chassis.events.rabbitmq.link import Link
    from chassis.service import Service
    from innkeeper.events.v1.events_pb2 import Event

TRIES: Final = DELIVERY_LIMIT // 2
"""How often an event is delivered without an answer before it is put aside here: in its place among those of its
aggregate, as it could not be when the broker does it."""


class Intake:
    """Two consumers: of what the subscriber is to take in, and of what the broker has given up.

    Args:
        link: The way to the broker.
        subscriber: The service.
        inbox: Its inbox.
    """

    def __init__(self, link: Link, subscriber: Service, inbox: Inbox) -> None:
        self._inbox = inbox
        self._consumers = (
            Consumer(link, subscriber, queue_of(subscriber.name), self._take),
            Consumer(link, subscriber, dead_queue_of(subscriber.name), self._bury),
        )
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins to consume, as soon as the broker is there."""
        self._tasks = [asyncio.create_task(consumer.run()) for consumer in self._consumers]

    async def stop(self) -> None:
        """Consumes no more. What was not answered for comes again, here or with another."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, messages: Sequence[DeliveredMessage]) -> None:
        events: list[Event] = []
        for message in messages:
            event = event_in(message)
            if event is not None and deliveries_of(message) < TRIES:
                events.append(event)
                continue
            await self._inbox.take(events)
            events.clear()
            detail = f"delivered {TRIES} times without an answer" if event is not None else "the message is no event"
            await self._inbox.bury(message.body, detail)
        await self._inbox.take(events)

    async def _bury(self, messages: Sequence[DeliveredMessage]) -> None:
        for message in messages:
            await self._inbox.bury(message.body, f"delivered {DELIVERY_LIMIT} times without an answer")
