"""The broker goes away and comes back, before, during and after: no event is lost, none twice, none before another."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from drills.rabbitmq import ON_DISK_AFTER, RabbitmqNode
from tests.service.chassis.rabbitmq.conftest import Lines
from tests.service.chassis.rabbitmq.listener import Listener, happened, heard
from tests.toy.service import started, toy

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def url(mortal_rabbitmq: RabbitmqNode, request: pytest.FixtureRequest) -> str:
    """A virtual host for the test, at a node that is there at the beginning."""
    vhost = request.node.name[:40]
    broker = mortal_rabbitmq.broker
    broker.add_vhost(vhost)
    return broker.url(vhost)


def of_broker(logged: Lines) -> list[str]:
    return [line["event"] for line in logged if line["event"].startswith("broker_")]


async def test_the_node_is_killed_while_events_happen(tmp_path: Path, mortal_rabbitmq: RabbitmqNode, url: str) -> None:
    listener = Listener()
    async with started(tmp_path, toy(), listener.service(), events_url=url) as running:
        said: list[str] = []
        going = True

        async def write(aggregate: str) -> None:
            number = 0
            while going:
                number += 1
                text = f"{aggregate} {number:05}"
                await happened(running, text, aggregate=aggregate)
                said.append(text)
                await asyncio.sleep(0.02)

        writers = [asyncio.create_task(write(f"notes/{number}")) for number in range(3)]
        await asyncio.sleep(ON_DISK_AFTER)
        for _ in range(2):
            before = len(said)
            await _until(lambda before=before: len(said) > before + 50)  # type: ignore[misc]
            await asyncio.to_thread(mortal_rabbitmq.kill)
            before = len(said)
            await _until(lambda before=before: len(said) > before + 20)  # type: ignore[misc]
            await asyncio.to_thread(mortal_rabbitmq.start)
        going = False
        await asyncio.gather(*writers)
        await heard(running, *said, within=60)
        assert all(numbers == sorted(set(numbers)) for numbers in listener.heard.values())


async def test_a_start_without_the_broker(
    tmp_path: Path, mortal_rabbitmq: RabbitmqNode, url: str, logged: Lines
) -> None:
    await asyncio.to_thread(mortal_rabbitmq.kill)
    listener = Listener()
    async with started(tmp_path, toy(), listener.service(), events_url=url) as running:
        await happened(running, "one", "two")
        await asyncio.sleep(1.5)  # several tries to connect
        assert of_broker(logged) == ["broker_lost"], "it is said once"
        assert (running.platform.transport.reached, listener.heard) == (False, {})
        assert b"innkeeper_broker_up 0.0" in running.platform.metrics.text()
        await asyncio.to_thread(mortal_rabbitmq.start)
        await heard(running, "one", "two")
        assert of_broker(logged) == ["broker_lost", "broker_reached"]
        assert b"innkeeper_broker_up 1.0" in running.platform.metrics.text()
    said = str(logged)
    assert mortal_rabbitmq.broker.password not in said
    assert "delayed" not in said, "nobody is to blame but the broker"


async def test_what_was_not_sent_is_at_the_next_start(tmp_path: Path, mortal_rabbitmq: RabbitmqNode, url: str) -> None:
    await asyncio.to_thread(mortal_rabbitmq.kill)
    async with started(tmp_path, toy(), Listener().service(), events_url=url) as running:
        await happened(running, "one")
    await asyncio.to_thread(mortal_rabbitmq.start)
    async with started(tmp_path, toy(), Listener().service(), events_url=url) as again:
        await heard(again, "one")


async def test_a_broker_that_hangs_does_not_hold_up_the_stop(
    tmp_path: Path, mortal_rabbitmq: RabbitmqNode, url: str
) -> None:
    async with started(tmp_path, toy(), Listener().service(), events_url=url) as running:
        await happened(running, "one")
        await heard(running, "one")
        os.kill(mortal_rabbitmq.process_id, signal.SIGSTOP)
        await happened(running, "two")
        begun = time.monotonic()
    took = time.monotonic() - begun
    os.kill(mortal_rabbitmq.process_id, signal.SIGCONT)
    assert took < 15
    async with started(tmp_path, toy(), Listener().service(), events_url=url) as again:
        await heard(again, "one", "two")


async def test_a_queue_that_somebody_deletes_is_there_again(
    tmp_path: Path, mortal_rabbitmq: RabbitmqNode, url: str
) -> None:
    async with started(tmp_path, toy(), Listener().service(), events_url=url) as running:
        await happened(running, "one")
        await heard(running, "one")
        mortal_rabbitmq.broker.ask("DELETE", f"/queues/{url.rpartition('/')[2]}/innkeeper.listener")
        await happened(running, "two")
        await heard(running, "one", "two")


async def _until(holds: Any) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - what holds is not ours to wait for
            await asyncio.sleep(0.01)
