"""A platform moves to RabbitMQ and back while events wait: none is lost, and none takes effect twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.chassis.rabbitmq.listener import Listener, happened, heard
from tests.toy.service import started, toy

SAID = ("one", "two", "three", "four", "five", "six")


async def test_there_and_back(tmp_path: Path, rabbitmq: str) -> None:
    listener, source = Listener(), toy()
    for number, url in enumerate(("", rabbitmq, "", rabbitmq)):
        async with started(tmp_path, source, listener.service(), events_url=url) as running:
            await happened(running, SAID[number])
            await heard(running, *SAID[: number + 1])
    assert listener.heard == {"notes/1": [1, 2, 3, 4]}


@pytest.mark.parametrize("way", [("", "broker"), ("broker", "")], ids=["to RabbitMQ", "from RabbitMQ"])
async def test_what_waits_comes_along(tmp_path: Path, rabbitmq: str, way: tuple[str, str]) -> None:
    """Events that were not told, or were told to the broker and to nobody else, when all was stopped."""
    before, after = (rabbitmq if name else "" for name in way)
    listener = Listener()
    async with started(tmp_path, toy(), catalogue=[listener.service()], events_url=before) as alone:
        await happened(alone, "one", "two")
        await alone.settled()
    async with started(tmp_path, toy(), listener.service(), events_url=after) as both:
        await happened(both, "three")
        await heard(both, "one", "two", "three")
    assert listener.heard == {"notes/1": [1, 2, 3]}
