"""One of the processes of the relay's benchmark: `python -m benchmarks.relay_process ROLE DIRECTORY PORT URL`.

A `source` reads lines: `COUNT` has so many events happen at once, `SECONDS RATE` so many a second. It answers with how
many happened. One that is `alone` knows of no subscriber, and keeps what happens.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import uvloop
from joserfc.jwk import ECKey

from benchmarks.trivial import Signer
from chassis.client.credentials import TokenSource
from chassis.context import INTERNAL
from chassis.events.outbox import record
from chassis.observability.logs import set_up_logs
from chassis.platform import Platform
from chassis.service import Assembly, Service, Subscription
from chassis.settings import Settings
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.auth.v1.auth_pb2 import Jwks
from innkeeper.booking.v1.booking_events_pb2 import AvailabilityChanged
from services.links.service import SERVICE as WITH_TABLES

AGGREGATES, TOGETHER, TICK = 100, 500, 0.01
"""How many aggregates events happen to; how many happen in one transaction when there is a hurry, and every so many
seconds when there is none."""


@dataclass(frozen=True, slots=True)
class _Identity:
    """One token for all, by a key that both processes have."""

    signer: Signer

    async def jwks(self) -> Jwks:
        return await self.signer.jwks()

    def tokens(self, client_id: str) -> TokenSource:
        return self.signer


def _source() -> Service:
    return replace(WITH_TABLES, name="source", contract=None, assemble=lambda kit: Assembly())


def _subscriber() -> Service:
    heard = Assembly(subscriptions=[Subscription(AvailabilityChanged, lambda session, event, payload: None)])
    return replace(WITH_TABLES, name="subscriber", contract=None, subscribes=("source",), assemble=lambda kit: heard)


async def _happen(database: Database, first: int, count: int) -> None:
    def work(session: Session) -> None:
        for number in range(first, first + count):
            payload = AvailabilityChanged(room_type=f"hotels/bench/roomTypes/{number % AGGREGATES}")
            night = payload.nights.add(sold=number % 50)
            night.date.year, night.date.month, night.date.day = 2030, 1, 1 + number % 28
            record(session, payload.room_type, payload)

    await database.write(work)


async def _steadily(database: Database, seconds: float, rate: float) -> int:
    begun, done = time.monotonic(), 0
    while (passed := time.monotonic() - begun) < seconds:
        if (due := int(passed * rate)) > done:
            await _happen(database, done, due - done)
            done = due
        await asyncio.sleep(TICK)
    return done


async def _at_once(database: Database, count: int) -> int:
    for first in range(0, count, TOGETHER):
        await _happen(database, first, min(TOGETHER, count - first))
    return count


async def _serve(role: str, directory: Path, port: int, url: str) -> None:
    name = "subscriber" if role == "subscriber" else "source"
    settings = Settings.read(
        data_dir=directory / name,
        port=port if name == "subscriber" else 0,
        metrics_port=-1,
        events_url="" if role == "alone" else url,
        addresses={} if role != "source" else {"subscriber": f"127.0.0.1:{port}"},
        log_level="warning",
        trace_ratio=0.0,
    )
    set_up_logs(settings)
    key = ECKey.import_key(json.loads((directory / "key.json").read_text()))
    signer = Signer(key, issuer=settings.public_url, subject="clients/source", scope=f"events.deliver {INTERNAL}")
    here = _subscriber() if name == "subscriber" else _source()
    catalogue = [here] if role == "alone" else [_source(), _subscriber()]
    async with Platform.started([here], settings, catalogue=catalogue, identity=_Identity(signer)) as platform:
        print("ready", flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            database = platform.database(name)
            match [float(said) for said in line.split()]:
                case [count]:
                    print(await _at_once(database, int(count)), flush=True)
                case [seconds, rate]:
                    print(await _steadily(database, seconds, rate), flush=True)


if __name__ == "__main__":
    role, directory, port, *url = sys.argv[1:]
    uvloop.run(_serve(role, Path(directory), int(port), "".join(url)))
