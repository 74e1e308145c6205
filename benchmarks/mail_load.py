"""People who book at a steady rate, in a process of their own: `python -m benchmarks.mail_load ADDRESS`.

Says a line when they have signed up; then reads `RATE SECONDS`, and answers with a JSON object of when each booking was
sent off, in seconds since the epoch. The load is open: who books does not wait for others.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import grpc
import uvloop

from chassis.network import Network
from chassis.observability.tracing import Tracing
from drills.bookers import Booker, bookers
from drills.travellers import Pace, Tally
from services.catalogue import CATALOGUE

PEOPLE = 20


async def _serve(address: str) -> None:
    addresses = {service.name: address for service in CATALOGUE}
    network = Network(CATALOGUE, frozenset(), addresses, Tracing("bench", 0.0, None))
    people = await bookers(network, PEOPLE, Tally())
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        rate, seconds = map(float, line.split())
        print(json.dumps(await _booked(people, rate, seconds)), flush=True)
    await network.close()


async def _booked(people: list[Booker], rate: float, seconds: float) -> dict[str, float]:
    sent: dict[str, float] = {}
    pace, tasks = Pace(rate), set[asyncio.Task[None]]()

    async def book(booker: Booker) -> None:
        order = await booker.choose()
        begun = time.time()
        sent[(await booker.book(order)).name] = begun

    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until:
        await pace.wait()
        tasks.add(asyncio.create_task(book(people[number % len(people)])))
        number += 1
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if error is not None and not isinstance(error, grpc.aio.AioRpcError):
            raise error
    return sent


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1]))
