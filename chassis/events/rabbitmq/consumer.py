"""Takes messages from a queue, in order, and answers for them when they have been taken in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

import structlog

from chassis.events.rabbitmq import topology
from chassis.events.rabbitmq.envelope import deliveries_of
from chassis.events.unfit import told

if TYPE_CHECKING:
    from aiormq.abc import AbstractChannel, DeliveredMessage

    from chassis.events.rabbitmq.link import Link
    from chassis.service import Service

PREFETCH: Final = 300
"""How many messages are here at most without an answer."""

SUSPECT: Final = 2
"""How often a message was delivered in vain before messages come one by one: if the process dies of one, no others are
counted with it."""

BATCH: Final = 100
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
GIVE_BACK_AFTER: Final = 600.0
"""Seconds. What cannot be taken in for so long is the broker's again, which would end the channel after 30 minutes
(`consumer_timeout`)."""

Take = Callable[[Sequence["DeliveredMessage"]], Awaitable[None]]
"""Takes in messages, the earliest first. Where it raises, none is answered for, and all are tried again."""


class Consumer:
    """Consumes a queue for as long as it runs, by itself again after whatever ends it.

    Of several consumers, of this process and others, the broker has one active at a time. What cannot be taken in just
    now stays in hand and is tried again: given back to the queue, it might come in another order.

    Args:
        link: The way to the broker.
        subscriber: The service whose queue it is.
        queue: The queue.
        take: What is done with its messages.
    """

    def __init__(self, link: Link, subscriber: Service, queue: str, take: Take) -> None:
        self._link = link
        self._subscriber = subscriber
        self._queue = queue
        self._take = take
        self._log = structlog.get_logger().bind(logger="innkeeper.events", queue=queue)

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        pause = FIRST_PAUSE
        while True:
            connection = await self._link.connection()
            try:
                channel = await connection.channel(publisher_confirms=False)
                try:
                    await self._consume(channel)
                finally:
                    await channel.close()
                pause = FIRST_PAUSE
            except Exception as error:
                if not connection.is_closed:  # else the link tells
                    self._log.warning("consumer_delayed", error=told(error), retry_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _consume(self, channel: AbstractChannel) -> None:
        """Returns when the channel has ended, or the queue is there no more."""
        await topology.declare(channel, [self._subscriber])
        arrived: asyncio.Queue[DeliveredMessage | None] = asyncio.Queue()
        channel.closing.add_done_callback(lambda _: arrived.put_nowait(None))
        channel.on_consumer_cancel_callbacks.add(lambda _: arrived.put_nowait(None))
        alone = True
        tag = await self._begin(channel, arrived, 1)
        while (batch := await _next(arrived)) is not None:
            await self._take_in(channel, batch)
            if alone and deliveries_of(batch[0]) < SUSPECT:
                alone = False
                await channel.basic_cancel(tag)  # before the answer, after which the next would come
                await channel.basic_ack(_tag(batch[-1]), wait=False)
                await self._begin(channel, arrived, PREFETCH)
            else:
                await channel.basic_ack(_tag(batch[-1]), multiple=True, wait=False)

    async def _begin(
        self, channel: AbstractChannel, arrived: asyncio.Queue[DeliveredMessage | None], prefetch: int
    ) -> str:
        await channel.basic_qos(prefetch_count=prefetch)

        async def arrive(message: DeliveredMessage) -> None:
            arrived.put_nowait(message)

        begun = await channel.basic_consume(self._queue, arrive)
        assert begun.consumer_tag is not None
        return begun.consumer_tag

    async def _take_in(self, channel: AbstractChannel, batch: Sequence[DeliveredMessage]) -> None:
        """Returns when the batch has been taken in, however long that takes."""
        loop = asyncio.get_running_loop()
        pause, begun = FIRST_PAUSE, loop.time()
        while True:
            try:
                return await self._take(batch)
            except Exception as error:
                self._log.warning("consumer_delayed", error=told(error), retry_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            if loop.time() - begun > GIVE_BACK_AFTER and not channel.is_closed:
                await channel.close()


async def _next(arrived: asyncio.Queue[DeliveredMessage | None]) -> list[DeliveredMessage] | None:
    """The messages that are here, at least one; None where there will be no more."""
    batch = []
    message = await arrived.get()
    while message is not None:
        batch.append(message)
        if len(batch) == BATCH or arrived.empty():
            return batch
        message = arrived.get_nowait()
    return None


def _tag(message: DeliveredMessage) -> int:
    assert message.delivery_tag is not None
    return message.delivery_tag
