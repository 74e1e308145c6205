"""An instance in a process of its own that takes calls and answers none, so that it can be killed with calls in hand.

    python -m tests.service.registry.xds.mute

It writes its address, and then a line for each call.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from services.registry.mesh import Instance
from tests.unit.registry.instances import instance


class Mute:
    """That process, as a test has it."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        assert process.stdout is not None
        self._process = process
        self._address = address
        self.called = asyncio.create_task(process.stdout.readline())
        """Done when a call has come."""

    def instance(self) -> Instance:
        """The process as it would be registered."""
        return dataclasses.replace(instance("mute"), address=self._address)

    async def kill(self) -> None:
        """It ends without a word."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def mute() -> AsyncIterator[Mute]:
    """The process, from when it listens; killed at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.service.registry.xds.mute", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    started = Mute(process, (await process.stdout.readline()).decode().strip())
    try:
        yield started
    finally:
        await started.kill()
        await started.called  # which has ended with the process


class _Handler(grpc.GenericRpcHandler):
    def service(self, handler_call_details: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(self._take)

    async def _take(self, request: bytes, context: Any) -> bytes:
        print("called", flush=True)
        await asyncio.Event().wait()
        raise AssertionError


async def main() -> None:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((_Handler(),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main())
