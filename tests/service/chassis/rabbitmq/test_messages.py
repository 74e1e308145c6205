"""What lies at the broker, and what becomes of messages that are not as they should be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiormq
import pytest

from chassis.events.rabbitmq.consumer import SUSPECT
from chassis.events.rabbitmq.intake import TRIES
from chassis.events.rabbitmq.topology import DEAD, DELIVERY_LIMIT, EVENTS
from innkeeper.events.v1.event_log_pb2 import DeadLetterReason
from innkeeper.events.v1.events_pb2 import Event
from tests.service.chassis.rabbitmq.listener import Listener, buried, happened, heard
from tests.toy.service import started, toy

QUEUE = "innkeeper.listener"


@pytest.fixture
async def channel(rabbitmq: str) -> AsyncIterator[aiormq.abc.AbstractChannel]:
    """A way of the test's own to the same virtual host."""
    async with aiormq.connect(rabbitmq) as connection:
        yield await connection.channel()


async def queued(data_dir: Path, url: str, *said: str) -> None:
    """Has events wait in the queue of a subscriber that does not run."""
    async with started(data_dir / "source", toy(), catalogue=[Listener().service()], events_url=url) as source:
        await happened(source, *said)
        await source.settled()


async def delivered(url: str, times: int) -> None:
    """A consumer takes the first message that often, and dies of it."""
    for _ in range(times):
        async with aiormq.connect(url) as connection:
            channel = await connection.channel()
            await channel.basic_qos(prefetch_count=1)
            arrived: asyncio.Queue[aiormq.abc.DeliveredMessage] = asyncio.Queue()
            await channel.basic_consume(QUEUE, arrived.put)
            await asyncio.wait_for(arrived.get(), 10)


async def test_a_message_says_what_it_is(tmp_path: Path, rabbitmq: str, channel: aiormq.abc.AbstractChannel) -> None:
    await queued(tmp_path, rabbitmq, "one")
    arrived: asyncio.Queue[aiormq.abc.DeliveredMessage] = asyncio.Queue()
    await channel.basic_consume(QUEUE, arrived.put)
    got = await asyncio.wait_for(arrived.get(), 10)
    event, said = Event.FromString(got.body), got.header.properties
    assert (got.exchange, got.routing_key) == (EVENTS, f"toy.{event.payload.TypeName()}")
    assert (event.source, event.sequence, event.aggregate) == ("toy", 1, "notes/1")
    assert (said.message_id, said.message_type, said.app_id) == (event.id, event.payload.TypeName(), "toy")
    assert (said.content_type, said.delivery_mode) == ("application/x-protobuf", 2)
    assert isinstance(said.timestamp, datetime)
    assert abs(datetime.now(UTC) - said.timestamp) < timedelta(minutes=1)


async def test_what_is_no_event_becomes_a_letter(
    tmp_path: Path, rabbitmq: str, channel: aiormq.abc.AbstractChannel
) -> None:
    listener = Listener()
    async with started(tmp_path, toy(), listener.service(), events_url=rabbitmq) as running:
        await happened(running, "one")
        await running.settled()
        for body in (b"not at all", b"", Event(id="no id").SerializeToString()):
            await channel.basic_publish(body, exchange=EVENTS, routing_key="toy.of.somebody.else")
        await happened(running, "two")
        await heard(running, "one", "two")
        letters = await buried(running, 3)
        assert {letter["reason"] for letter in letters} == {DeadLetterReason.DEAD_LETTER_REASON_UNREADABLE}
        assert {letter["payload"] for letter in letters} >= {b"not at all", b""}
        assert all(letter["retry_time"] is None for letter in letters)


async def test_an_event_that_its_subscriber_dies_of_is_put_aside(tmp_path: Path, rabbitmq: str) -> None:
    await queued(tmp_path, rabbitmq, "deadly", "behind")
    await delivered(rabbitmq, TRIES)
    listener = Listener()
    async with started(tmp_path / "there", listener.service(), catalogue=[toy()], events_url=rabbitmq) as there:
        letters = await buried(there, 2)
        assert [letter["reason"] for letter in letters] == [
            DeadLetterReason.DEAD_LETTER_REASON_UNDELIVERABLE,
            DeadLetterReason.DEAD_LETTER_REASON_BEHIND,
        ]
        assert "without an answer" in letters[0]["detail"]
        assert listener.heard == {}


async def test_an_event_that_was_delivered_in_vain_a_few_times_takes_effect(tmp_path: Path, rabbitmq: str) -> None:
    said = [f"{number:03}" for number in range(50)]
    await queued(tmp_path, rabbitmq, *said)
    await delivered(rabbitmq, SUSPECT + 1)
    listener = Listener()
    async with started(tmp_path / "there", listener.service(), catalogue=[toy()], events_url=rabbitmq) as there:
        await heard(there, *said)
        assert listener.heard == {"notes/1": list(range(1, 51))}


async def test_what_the_broker_gives_up_becomes_a_letter(
    tmp_path: Path, rabbitmq: str, channel: aiormq.abc.AbstractChannel
) -> None:
    await queued(tmp_path, rabbitmq, "given up", "alive")
    await delivered(rabbitmq, DELIVERY_LIMIT + 1)
    dead = f"{QUEUE}.dead"
    async with asyncio.timeout(10):
        while (await channel.queue_declare(dead, passive=True)).message_count != 1:  # noqa: ASYNC110 - nor does a queue
            await asyncio.sleep(0.05)
    listener = Listener()
    async with started(tmp_path / "there", listener.service(), catalogue=[toy()], events_url=rabbitmq) as there:
        letters = await buried(there)
        assert letters[0]["reason"] == DeadLetterReason.DEAD_LETTER_REASON_UNDELIVERABLE
        assert (await channel.queue_declare(dead, passive=True)).message_count == 0


async def test_whatever_comes_to_the_dead_exchange_becomes_a_letter(
    tmp_path: Path, rabbitmq: str, channel: aiormq.abc.AbstractChannel
) -> None:
    async with started(tmp_path, toy(), Listener().service(), events_url=rabbitmq) as running:
        await happened(running, "one")
        await heard(running, "one")
        await channel.basic_publish(b"whatever", exchange=DEAD, routing_key="listener")
        letters = await buried(running)
        assert letters[0]["payload"] == b"whatever"


async def test_an_event_of_ten_megabytes(tmp_path: Path, rabbitmq: str) -> None:
    """It stays with its source where it is larger than may be sent, and passes where it is not."""
    large, listener = "x" * 10_000_000, Listener()
    listener.refused.add(large)  # has no effect that would be kept
    settings = {"events_url": rabbitmq, "max_message_bytes": 16_000_000}
    async with started(tmp_path, toy(), listener.service(), **settings) as running:
        await happened(running, "one")
        await happened(running, large, aggregate="notes/2")
        await happened(running, "two")
        await running.settled()
        await heard(running, "one", "two")
        (aside,) = await buried(running, name="toy")
    assert (aside["subscriber"], aside["reason"]) == ("broker", DeadLetterReason.DEAD_LETTER_REASON_TOO_LARGE)
    async with started(tmp_path, toy(), listener.service(), max_event_bytes=12_000_000, **settings) as running:
        await happened(running, large, aggregate="notes/3")
        await happened(running, "three")
        await heard(running, "one", "two", "three")
        (letter,) = await buried(running)
    assert (letter["aggregate"], len(letter["payload"]) > 10_000_000) == ("notes/3", True)
