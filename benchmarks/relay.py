"""The relay of events between two processes, straight and through RabbitMQ: how many a second, and how old the oldest
event grows at half the rate that there has to be.

Source and subscriber are platforms of one service each, on SQLite files. An event has arrived when it is in the inbox
of the subscriber, with an effect that costs nothing.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from joserfc.jwk import ECKey

from clients.cli.supervisor.ports import free_port
from drills import rabbitmq
from drills.process import DrillProcess, running

EVENTS, SECONDS = 20_000, 10.0
HALF = {"direct": 1000.0, "rabbitmq": 500.0}
"""Events a second: half the bar."""

ARRIVED_WITHIN = 120.0
ERLANG = "+S 2:2"
DEFAULT = "default"


async def measure() -> dict[str, float]:
    """`relay_direct_per_s`, `relay_rabbitmq_per_s`; `relay_direct_oldest_s`, `relay_rabbitmq_oldest_s`: the longest
    time from when an event happened to when it was taken in. Without RabbitMQ there are no figures of it."""
    figures = await _of("direct", "")
    binary = rabbitmq.installed()
    if binary is None:
        print("RabbitMQ is not installed: nothing is measured with it", file=sys.__stderr__)
        return figures
    with rabbitmq.running(binary, erlang=ERLANG) as node:
        node.broker.add_vhost(DEFAULT)
        return figures | await _of("rabbitmq", node.broker.url(DEFAULT))


async def _of(name: str, url: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory:
        pair = _Pair(Path(directory), free_port("127.0.0.1"), url)
        key = ECKey.generate_key("P-256", parameters={"kid": "bench"})
        (pair.directory / "key.json").write_text(json.dumps(key.as_dict(private=True)))
        async with pair.process("subscriber"):
            rate = await _rate(pair)
            oldest = await _oldest(pair, HALF[name])
    return {f"relay_{name}_per_s": rate, f"relay_{name}_oldest_s": oldest}


async def _rate(pair: _Pair) -> float:
    """Events a second of those that wait when the source starts."""
    async with pair.process("alone") as source:
        await source.asked(str(EVENTS))
    async with pair.process("source"):
        begun = time.monotonic()
        await pair.arrived(EVENTS)
        return EVENTS / (time.monotonic() - begun)


async def _oldest(pair: _Pair, rate: float) -> float:
    """The longest that an event took, of those that happen at a steady rate."""
    async with pair.process("source") as source:
        count = int(await source.asked(f"{SECONDS} {rate}"))
        await pair.arrived(EVENTS + count)
    return pair.longest(EVENTS)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two processes and what they keep."""

    directory: Path
    port: int
    url: str

    @asynccontextmanager
    async def process(self, role: str) -> AsyncIterator[DrillProcess]:
        """One that is ready."""
        arguments = (role, str(self.directory), str(self.port), *([self.url] if self.url else []))
        async with running("benchmarks.relay_process", *arguments) as process:
            await process.line()
            yield process

    async def arrived(self, count: int) -> None:
        """Returns when so many events have been taken in."""
        async with asyncio.timeout(ARRIVED_WITHIN):
            with closing(self._open("subscriber")) as inbox:
                while inbox.execute("SELECT count(*) FROM inbox").fetchone()[0] < count:  # noqa: ASYNC110 - elsewhere
                    await asyncio.sleep(0.05)

    def longest(self, after: int) -> float:
        """Seconds from when an event happened to when it was taken in, at most, of those after that number."""
        with closing(self._open("subscriber")) as inbox, closing(self._open("source")) as outbox:
            taken = dict(inbox.execute("SELECT event_id, take_time FROM inbox"))
            happened = outbox.execute("SELECT id, occur_time FROM outbox WHERE sequence > ?", (after,))
            return max(_seconds(occurred, taken[event]) for event, occurred in happened)

    def _open(self, role: str) -> sqlite3.Connection:
        return sqlite3.connect(f"{(self.directory / role / f'{role}.db').as_uri()}?mode=ro", uri=True)


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
