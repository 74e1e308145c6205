"""A load of unary calls from a process of its own, so that client and server do not share a thread.

`python -m benchmarks.load` reads lines `ADDRESS CALLS CONCURRENCY BEARER`, and answers each with calls per second.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import grpc
import uvloop

from benchmarks.trivial import REQUEST
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub


class Load:
    """The process, seen from the one that measures. To be started before gRPC is: a process with gRPC must not fork."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "benchmarks.load"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    async def rate(self, address: str, bearer: str, *, calls: int, concurrency: int) -> float:
        """Calls per second of that many calls, so many at a time."""
        return await asyncio.to_thread(self._ask, f"{address} {calls} {concurrency} {bearer}\n")

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def _ask(self, line: str) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


async def calls_per_second(address: str, calls: int, concurrency: int, bearer: str) -> float:
    """Calls GetUser by one channel, after a warm-up."""
    metadata = (("authorization", bearer),)
    async with grpc.aio.insecure_channel(address) as channel:
        stub = UsersServiceStub(channel)

        async def call(times: int) -> None:
            for _ in range(times):
                await stub.GetUser(REQUEST, metadata=metadata, timeout=2.0)

        await call(100)
        begun = time.perf_counter()
        await asyncio.gather(*(call(calls // concurrency) for _ in range(concurrency)))
        return calls / (time.perf_counter() - begun)


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        address, calls, concurrency, bearer = line.rstrip("\n").split(" ", 3)
        print(await calls_per_second(address, int(calls), int(concurrency), bearer), flush=True)


if __name__ == "__main__":
    uvloop.run(_serve())
