"""The platform as a process a service: how long a start takes, and how much memory each process has when idle."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.start import running
from drills.command import environment

IDLE_FOR = 5.0


async def measure() -> dict[str, float]:
    """`split_ready_s`: seconds until all are ready, on the data of an earlier start; `split_largest_rss_mib`: resident
    memory of the largest process of a service, idle for some seconds; `split_supervisor_rss_mib`: the supervisor's."""
    with tempfile.TemporaryDirectory() as directory:
        await _start(Path(directory) / "data")
        ready, largest, supervisor = await _start(Path(directory) / "data")
    return {"split_ready_s": ready, "split_largest_rss_mib": largest, "split_supervisor_rss_mib": supervisor}


async def _start(data_dir: Path) -> tuple[float, float, float]:
    """Seconds until ready, and MiB resident: of the largest process of a service, and of the supervisor."""
    settings = {"DATA_DIR": str(data_dir), "PORT": "0", "METRICS_PORT": "0", "EDGE_PORT": "-1"}
    command = [str(Path(sys.executable).with_name("innkeeper")), "up", "--split"]
    begun = time.perf_counter()
    async with running(command, environment(settings), Path.cwd()) as process_id:
        ready = time.perf_counter() - begun
        await asyncio.sleep(IDLE_FOR)
        supervisor = psutil.Process(process_id)
        services = {child.cmdline()[-1]: _resident(child) for child in supervisor.children()}
        print(*(f"{name}: {mib:.0f} MiB" for name, mib in services.items()), sep=", ", file=sys.__stderr__, flush=True)
        return ready, max(services.values()), _resident(supervisor)


def _resident(process: psutil.Process) -> float:
    return process.memory_info().rss / 2**20
