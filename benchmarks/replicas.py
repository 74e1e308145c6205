"""What a second replica adds: the throughput of two processes of a service that calls keep busy, over that of one.

The subject is that of the overload drill: the hotels service behind the whole chassis, some 20 ms of SQL and Python for
each call. One client process spreads its calls by round robin; with two cores it takes its own share of them.
"""

from __future__ import annotations

import json
import statistics

from drills.load import Report
from drills.process import running

ROUNDS, CALLERS, SECONDS = 7, 4, 3.0


async def measure() -> dict[str, float]:
    """`two_replicas_vs_one`, and both throughputs in calls per second. Medians, by turns in one run."""
    server = "drills.hotels_server"
    rates: dict[int, list[float]] = {1: [], 2: []}
    async with running(server) as first, running(server) as second:
        addresses = [await first.line(), await second.line()]
        one, two = addresses[0], "ipv4:" + ",".join(addresses)
        async with running("drills.load", one) as load_on_one, running("drills.load", two) as load_on_two:
            for _ in range(ROUNDS):
                for replicas, load in ((1, load_on_one), (2, load_on_two)):
                    report = Report(**json.loads(await load.asked(f"closed {CALLERS} {SECONDS}")))
                    rates[replicas].append(report.goodput)
    ratios = [both / alone for alone, both in zip(rates[1], rates[2], strict=True)]
    return {
        "two_replicas_vs_one": statistics.median(ratios),
        "one_replica_calls_per_s": statistics.median(rates[1]),
        "two_replicas_calls_per_s": statistics.median(rates[2]),
    }
