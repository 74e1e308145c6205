"""Processes of a drill: each a module of ours that says a line when it is ready, and ends with its standard input."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

END_WITHIN = 20.0
LONGEST_LINE = 16 * 1024 * 1024
"""Bytes. What was booked in a minute is told in one line."""


class DrillProcess:
    """A process that answers a line with a line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> str:
        """What it says next. Raises RuntimeError where it has ended."""
        assert self._process.stdout is not None
        said = await self._process.stdout.readline()
        if not said:
            raise RuntimeError("a process of the drill ended before its time")
        return said.decode().rstrip("\n")

    async def asked(self, line: str) -> str:
        """What it answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()
        return await self.line()


@asynccontextmanager
async def running(module: str, *arguments: str) -> AsyncIterator[DrillProcess]:
    """`python -m module arguments`, ended when the block is. Its standard error goes nowhere."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=LONGEST_LINE,
    )
    try:
        yield DrillProcess(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), END_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()
