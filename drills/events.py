"""Processes that relay events and that take them in, killed at random for two minutes under load, and with RabbitMQ the
broker as well: every event has to take effect once, in the order of its aggregate, and nothing may be left unsent.

Guests book and call off. Whatever is killed comes back after a moment; then the drill waits until all is settled, and
looks into the databases. Without options it is done twice, without a broker and with one; `direct` and `rabbitmq` do
one of them.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict
from typing import Final

from drills import rabbitmq
from drills.guests import guests
from drills.mesh import SERVICES, Mesh
from drills.outcome import Bar, Outcome
from drills.recorder.proof import Databases, Proof
from drills.recorder.service import RECORDER, SOURCES
from drills.travellers import Pace, Tally
from drills.unsupervised import Processes, processes
from services.catalogue import CATALOGUE

DIRECT, RABBITMQ = "direct", "rabbitmq"
SECONDS, STAYS_PER_SECOND, USERS = 120.0, 6.0, 40
COUNTS: Final = {**dict.fromkeys(SERVICES, 1), "booking": 2, "notifications": 2, RECORDER.name: 1}
KILLED: Final = ("booking", "payments", "hotels", "users", "search", "notifications", RECORDER.name)
"""Who relays, and who takes in."""

KILL_EVERY, AWAY = (1.5, 4.0), (0.0, 3.0)
"""Seconds between two kills, and until what was killed is started again."""

BROKER_EVERY, BROKER_AWAY = (15.0, 25.0), (1.0, 5.0)
SETTLED_WITHIN = 180.0
EVENTS_AT_LEAST = 2_000
NONE = ("lost", "twice", "out_of_order", "unsent", "parked")
"""What there may not be."""

PROGRAM = (sys.executable, "-m", "drills.recorder.process")
VHOST = "drill"


async def rehearse(*transports: str) -> Outcome:
    """`events`, `effects`, `lost`, `twice`, `out_of_order`, `unsent`, `parked`, `calls`, `failed_calls`, `kills`,
    `broker_kills`, `settled_s`; of RabbitMQ with its name before them where both are done."""
    figures: dict[str, float] = {}
    bars: list[Bar] = []
    for transport in transports or (DIRECT, RABBITMQ):
        prefix = "" if transport == DIRECT or len(transports) == 1 else f"{transport}_"
        with _broker(transport) as broker:
            found = await _rehearsed(broker)
        print(transport, *(f"{name}={value:.0f}" for name, value in found.items()), flush=True)
        figures |= {f"{prefix}{name}": value for name, value in found.items()}
        bars.append(Bar(figure=f"{prefix}events", at_least=EVENTS_AT_LEAST))
        bars += (Bar(figure=f"{prefix}{name}", at_most=0) for name in NONE)
    return Outcome.of(figures, *bars)


@contextmanager
def _broker(transport: str) -> Iterator[rabbitmq.RabbitmqNode | None]:
    """The broker that brings events; None where they go directly."""
    if transport not in (DIRECT, RABBITMQ):
        raise SystemExit(f"events go {DIRECT} or by {RABBITMQ}, not by {transport}")
    with ExitStack() as stack:
        if transport == DIRECT:
            yield None
            return
        binary = rabbitmq.installed()
        if binary is None:
            raise SystemExit("RabbitMQ is not installed: `apt-get install --no-install-recommends rabbitmq-server`")
        node = stack.enter_context(rabbitmq.running(binary))
        node.broker.add_vhost(VHOST)
        yield node


async def _rehearsed(broker: rabbitmq.RabbitmqNode | None) -> dict[str, float]:
    tally = Tally()
    url = "" if broker is None else broker.broker.url(VHOST)
    settings = {"ARGON2_MEMORY_KIB": "64", "EVENTS_URL": url}
    async with processes(COUNTS, program=PROGRAM, **settings) as (started, mesh):
        databases = Databases(started.data_dir, _cursors(broker is not None))
        async with _busy(mesh, tally), asyncio.TaskGroup() as tasks:
            until = time.monotonic() + SECONDS
            killing = tasks.create_task(_kill(started, until))
            killing_broker = tasks.create_task(_kill_broker(broker, until))
        for service, count in COUNTS.items():
            await mesh.until(service, lambda now, count=count: len(now) == count)
        begun = time.monotonic()
        proof = await _settled(databases)
        settled = time.monotonic() - begun
    for failure, count in tally.failures.most_common(5):
        print(f"{count} × {failure}")
    return {
        **asdict(proof),
        "calls": tally.calls,
        "failed_calls": tally.failed,
        "kills": killing.result(),
        "broker_kills": killing_broker.result(),
        "settled_s": settled,
    }


def _cursors(by_broker: bool) -> dict[str, Sequence[str]]:
    """How far each source has sent its events, it keeps for each of these."""
    if by_broker:
        return dict.fromkeys(SOURCES, ("broker",))
    catalogue = (*CATALOGUE, RECORDER)
    return {source: [each.name for each in catalogue if source in each.subscribes] for source in SOURCES}


@asynccontextmanager
async def _busy(mesh: Mesh, tally: Tally) -> AsyncIterator[None]:
    """Guests book and call off, while the block lasts; journeys that are under way come to their end."""
    people, pace, stop = await guests(mesh, USERS, tally), Pace(STAYS_PER_SECOND), asyncio.Event()

    async def go(number: int) -> None:
        while not stop.is_set():
            await pace.wait()
            await people[number].stay()

    tasks = [asyncio.create_task(go(number)) for number in range(USERS)]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def _kill(started: Processes, until: float) -> int:
    """Kills one process after the other, and starts each again; how many."""
    kills = 0
    back: set[asyncio.Task[None]] = set()

    async def start_again(service: str) -> None:
        await asyncio.sleep(random.uniform(*AWAY))
        started.start(service)

    while time.monotonic() < until:
        await asyncio.sleep(random.uniform(*KILL_EVERY))
        service = random.choice(KILLED)
        if running := started.of(service):
            started.kill(random.choice(running).process_id)
            kills += 1
            back.add(asyncio.create_task(start_again(service)))
    await asyncio.gather(*back)
    return kills


async def _kill_broker(broker: rabbitmq.RabbitmqNode | None, until: float) -> int:
    """Kills the broker now and then, where there is one, and starts it again; how often."""
    kills = 0
    while broker is not None and time.monotonic() < until:
        await asyncio.sleep(random.uniform(*BROKER_EVERY))
        await asyncio.to_thread(broker.kill)
        kills += 1
        await asyncio.sleep(random.uniform(*BROKER_AWAY))
        await asyncio.to_thread(broker.start)
    return kills


async def _settled(databases: Databases) -> Proof:
    """What there is when nothing is left to be done, or after some time."""
    until = time.monotonic() + SETTLED_WITHIN
    while True:
        proof = await asyncio.to_thread(databases.proof)
        if proof.settled or time.monotonic() > until:
            return proof
        await asyncio.sleep(1.0)
