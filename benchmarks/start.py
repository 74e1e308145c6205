"""The whole platform in one process with the demo catalogue: how long a first and a second start take, how much
memory it takes, and that it answers."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

STOP_WITHIN = 30.0


async def measure() -> dict[str, float]:
    """`first_start_s` and `second_start_s` until ready, `together_rss_mib` resident a few seconds after each, the
    larger."""
    with tempfile.TemporaryDirectory() as directory:
        data_dir = Path(directory) / "data"
        async with _platform(data_dir) as (first, first_rss):
            pass
        async with _platform(data_dir) as (second, second_rss):
            pass
    return {
        "first_start_s": first,
        "second_start_s": second,
        "together_rss_mib": max(first_rss, second_rss),
    }


@asynccontextmanager
async def _platform(data_dir: Path) -> AsyncIterator[tuple[float, float]]:
    """A platform in a process of its own: seconds until it was ready, and MiB resident."""
    settings = {"INNKEEPER_DATA_DIR": str(data_dir), "INNKEEPER_PORT": "0", "INNKEEPER_METRICS_PORT": "0"}
    command = Path(sys.executable).with_name("innkeeper")
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        command, "up", env=os.environ | settings, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            if re.match(rb"\s*ready\b", line):
                break
        else:
            raise RuntimeError("the platform ended before it was ready")
        ready = time.perf_counter() - begun
        await asyncio.sleep(3)
        yield ready, psutil.Process(process.pid).memory_info().rss / 2**20
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), STOP_WITHIN)
