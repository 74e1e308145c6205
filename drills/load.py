"""A load on the hotels service from a process of its own: closed (so many callers, each waiting for its answer) or open
(so many calls per second, whatever becomes of them).

`python -m drills.load TARGET` reads lines `closed CALLERS SECONDS` or `open RATE SECONDS`, and answers each with a
`Report` in JSON. Callers wait for a second and do not try again; requests are bytes made once, answers are not parsed,
so that the load costs little beside what it is a load on.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from dataclasses import asdict, dataclass

import grpc
import uvloop

from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest

METHOD = "/innkeeper.hotels.v1.HotelsService/ListHotels"
REQUEST = ListHotelsRequest(page_size=600).SerializeToString()
DEADLINE = 1.0
CHANNELS = 8
WARM_UP = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of the calls. Times are in seconds."""

    seconds: float
    times: dict[str, list[float]]
    """How long the calls took that ended with each status."""

    @property
    def goodput(self) -> float:
        """Calls per second that were answered well within their deadline."""
        return len(self.times.get("OK", ())) / self.seconds

    @property
    def offered(self) -> float:
        """Calls per second that were made."""
        return sum(map(len, self.times.values())) / self.seconds

    def quantile(self, share: float, code: str = "OK") -> float:
        """How long that share of the calls took at most that ended so; 0 where none did."""
        times = sorted(self.times.get(code, ()))
        return times[int(share * len(times))] if times else 0.0


class Callers:
    """Make calls, and note how each ended."""

    def __init__(self, target: str) -> None:
        options = [
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.enable_retries", 0),
            ("grpc.service_config", '{"loadBalancingConfig": [{"round_robin": {}}]}'),
        ]
        self._channels = [grpc.aio.insecure_channel(target, options=options) for _ in range(CHANNELS)]
        self._methods = [channel.unary_unary(METHOD) for channel in self._channels]
        self._made = 0
        self._ended: dict[str, list[float]] = {}

    async def call(self) -> None:
        """One call."""
        self._made += 1
        begun, code = time.perf_counter(), "OK"
        try:
            await self._methods[self._made % CHANNELS](REQUEST, timeout=DEADLINE)
        except grpc.aio.AioRpcError as error:
            code = error.code().name
        self._ended.setdefault(code, []).append(time.perf_counter() - begun)

    async def closed(self, callers: int, seconds: float) -> Report:
        """So many callers, each of whom calls again when the answer is there."""
        begun = time.perf_counter()

        async def again_and_again() -> None:
            while time.perf_counter() - begun < seconds:
                await self.call()

        await asyncio.gather(*(again_and_again() for _ in range(callers)))
        return self._report(time.perf_counter() - begun)

    async def open(self, rate: float, seconds: float) -> Report:
        """So many calls per second, at random moments (a Poisson process). Where this process falls behind, fewer are
        made, and the report says so."""
        begun = due = time.perf_counter()
        calls: set[asyncio.Task[None]] = set()
        while (now := time.perf_counter()) - begun < seconds:
            if due > now:
                await asyncio.sleep(due - now)
                continue
            call = asyncio.ensure_future(self.call())
            calls.add(call)
            call.add_done_callback(calls.discard)
            due += random.expovariate(rate)
        took = time.perf_counter() - begun
        await asyncio.gather(*calls)
        return self._report(took)

    def forget(self) -> None:
        """What was noted so far, such as the warm-up, is not reported."""
        self._ended.clear()

    async def close(self) -> None:
        """Hangs up."""
        await asyncio.gather(*(channel.close() for channel in self._channels))

    def _report(self, seconds: float) -> Report:
        ended, self._ended = self._ended, {}
        return Report(seconds=seconds, times=ended)


async def _serve(target: str) -> None:
    callers = Callers(target)
    for _ in range(WARM_UP):
        await callers.call()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        kind, measure, seconds = line.split()
        callers.forget()
        if kind == "closed":
            report = await callers.closed(int(measure), float(seconds))
        else:
            report = await callers.open(float(measure), float(seconds))
        print(json.dumps(asdict(report)), flush=True)
    await callers.close()


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1]))
