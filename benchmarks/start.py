"""The whole platform in one process with the demo catalogue: how long a first and a second start take, and how much
memory it takes."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from drills.command import environment

STOP_WITHIN = 30.0


async def measure() -> dict[str, float]:
    """`first_start_s` and `second_start_s` until ready, and `together_rss_mib`: resident a few seconds after a
    start, the larger of the two."""
    with tempfile.TemporaryDirectory() as directory:
        first, first_rss = await _start(Path(directory) / "data")
        second, second_rss = await _start(Path(directory) / "data")
    return {"first_start_s": first, "second_start_s": second, "together_rss_mib": max(first_rss, second_rss)}


@asynccontextmanager
async def running(command: Sequence[str], variables: Mapping[str, str], folder: Path) -> AsyncIterator[int]:
    """A platform that was started by that command and is ready, by its process id; stopped at the end."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=variables,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            if re.match(rb"\s*ready\b", line):
                break
        else:
            raise RuntimeError(f"{' '.join(command)} ended before the platform was ready")
        yield process.pid
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGINT)
        await asyncio.wait_for(process.wait(), STOP_WITHIN)


async def _start(data_dir: Path) -> tuple[float, float]:
    """Seconds until ready, and MiB resident."""
    settings = {"DATA_DIR": str(data_dir), "PORT": "0", "METRICS_PORT": "0", "EDGE_PORT": "-1"}
    command = [str(Path(sys.executable).with_name("innkeeper")), "up"]
    begun = time.perf_counter()
    async with running(command, environment(settings), Path.cwd()) as process_id:
        ready = time.perf_counter() - begun
        await asyncio.sleep(3)
        return ready, psutil.Process(process_id).memory_info().rss / 2**20
