"""A relay and a redrive publish for one source at the same time."""

from __future__ import annotations

import asyncio

import aiormq

from chassis.events.rabbitmq.address import BrokerAddress
from chassis.events.rabbitmq.link import Link
from chassis.events.rabbitmq.publisher import Publisher
from tests.toy.listener import event


async def test_those_who_publish_at_the_same_time_share_a_channel(rabbitmq: str) -> None:
    link = Link(BrokerAddress(rabbitmq), "test", tells=False)
    link.start()
    try:
        publisher = Publisher(link, [])
        await asyncio.gather(*(publisher.deliver([event(text)]) for text in ("one", "two", "three")))
        connection = await link.connection()
        assert sum(isinstance(channel, aiormq.Channel) for channel in connection.channels.values()) == 1
    finally:
        await link.stop()
