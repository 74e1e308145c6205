"""A load of one small read from a process of its own: by gRPC or by REST, straight at the service or through the edge.

`python -m benchmarks.edge_load HOTEL BEARER` reads lines `grpc ADDRESS CALLERS SECONDS` or `rest ADDRESS CALLERS
SECONDS`, and answers each with the calls per second and the median time of a call in milliseconds. The request is bytes
made once, answers are not parsed, so that the load costs little beside what it is a load on.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import grpc
import uvloop

from innkeeper.hotels.v1.hotels_pb2 import GetHotelRequest

METHOD = "/innkeeper.hotels.v1.HotelsService/GetHotel"
CONNECTIONS = 4
WARM_UP, PATIENCE = 50, 5.0

Call = Callable[[], Awaitable[object]]


class Callers:
    """Each caller calls again when the answer is there; connections stay open from one load to the next.

    Args:
        hotel: The resource name of what is read.
        bearer: What stands in the header `authorization`.
    """

    def __init__(self, hotel: str, bearer: str) -> None:
        self._hotel = hotel
        self._bearer = bearer

    async def run(self, protocol: str, address: str, callers: int, seconds: float) -> tuple[float, float]:
        """Calls per second, and the median time of a call in milliseconds."""
        times: list[float] = []
        async with AsyncExitStack() as connections:
            connect = {"grpc": self.by_grpc, "rest": self.by_rest}[protocol]
            # A connection of HTTP/1.1 has one call at a time.
            count = callers if protocol == "rest" else min(callers, CONNECTIONS)
            calls = [await connections.enter_async_context(connect(address)) for _ in range(count)]

            async def again_and_again(call: Call, until: float) -> None:
                while (begun := time.perf_counter()) < until:
                    await call()
                    times.append(time.perf_counter() - begun)

            for _ in range(WARM_UP):
                await asyncio.gather(*(call() for call in calls))
            begun = time.perf_counter()
            await asyncio.gather(*(again_and_again(calls[n % count], begun + seconds) for n in range(callers)))
            return len(times) / (time.perf_counter() - begun), statistics.median(times) * 1000

    @asynccontextmanager
    async def by_grpc(self, address: str) -> AsyncIterator[Call]:
        """A channel with a connection of its own."""
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
        request, metadata = GetHotelRequest(name=self._hotel).SerializeToString(), (("authorization", self._bearer),)
        async with grpc.aio.insecure_channel(address, options=options) as channel:
            method: Any = channel.unary_unary(METHOD)
            yield lambda: method(request, metadata=metadata, timeout=PATIENCE)

    @asynccontextmanager
    async def by_rest(self, address: str) -> AsyncIterator[Call]:
        """A connection of HTTP/1.1."""
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        lines = (f"GET /v1/{self._hotel} HTTP/1.1", f"host: {address}", f"authorization: {self._bearer}")
        request = "".join(f"{line}\r\n" for line in (*lines, "")).encode()

        async def call() -> None:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if not head.startswith(b"http/1.1 200 "):
                raise RuntimeError(head.decode())
            _, _, length = head.partition(b"content-length: ")
            await reader.readexactly(int(length.partition(b"\r")[0]))

        try:
            yield call
        finally:
            writer.close()
            await writer.wait_closed()


async def _serve(hotel: str, bearer: str) -> None:
    callers, loop = Callers(hotel, bearer), asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        protocol, address, count, seconds = line.split()
        print(*await callers.run(protocol, address, int(count), float(seconds)), flush=True)


if __name__ == "__main__":
    uvloop.run(_serve(*sys.argv[1:]))
