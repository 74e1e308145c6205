"""What the interceptors cost: the throughput of a trivial call behind all of them, against a bare grpc.aio server.

Both servers stand on one uvloop event loop in this process; the load comes from another process, by turns. The ratio is
the median over the rounds, each of which compares the two within seconds of each other.
"""

from __future__ import annotations

import gc
import statistics

from benchmarks.load import Load
from benchmarks.trivial import Signer, chassis_endpoints, start_bare
from chassis.server.lifecycle import Server
from chassis.settings import Settings

ROUNDS, CALLS, CONCURRENCY = 31, 3_200, 32


async def measure() -> dict[str, float]:
    """`chassis_vs_bare`, and the two throughputs in calls per second."""
    load, signer = Load(), Signer()
    bare, bare_address = await start_bare()
    server = Server(chassis_endpoints(signer), Settings.read(port=0))
    await server.start()
    gc.collect()
    gc.freeze()  # as the platform does when it is ready
    rates: dict[str, list[float]] = {bare_address: [], server.address: []}
    for _ in range(ROUNDS):
        for address, measured in rates.items():
            measured.append(await load.rate(address, signer.authorization, calls=CALLS, concurrency=CONCURRENCY))
    load.close()
    await server.drain()
    await bare.stop(None)
    pairs = zip(rates[server.address], rates[bare_address], strict=True)
    return {
        "chassis_vs_bare": statistics.median(chassis / plain for chassis, plain in pairs),
        "chassis_calls_per_s": statistics.median(rates[server.address]),
        "bare_calls_per_s": statistics.median(rates[bare_address]),
    }
