"""A platform of many processes as `innkeeper up --split` starts it, and starts again what ends."""

from __future__ import annotations

import asyncio
import re
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chassis.client.xds_bootstrap import find_by_registry
from drills.command import INNKEEPER, environment
from drills.mesh import Mesh

READY_WITHIN = 90.0
STOP_WITHIN = 60.0


@asynccontextmanager
async def supervised(*replicas: str, hotels: int = 200) -> AsyncIterator[Mesh]:
    """Starts a platform with that many replicas (`all=2`), ready when the block begins, and stops it at the end."""
    with tempfile.TemporaryDirectory(prefix="innkeeper-drill-") as directory:
        data_dir, log = Path(directory) / "data", Path(directory) / "log"
        options = [option for each in replicas for option in ("--replicas", each)]
        settings = {
            "DATA_DIR": str(data_dir),
            "PORT": "0",
            "METRICS_PORT": "-1",
            "EDGE_PORT": "-1",
            "DEMO_HOTELS": str(hotels),
            "LOG_LEVEL": "warning",
        }
        with log.open("wb") as written:
            process = await asyncio.create_subprocess_exec(
                *(*INNKEEPER, "up", "--split", *options),
                env=environment(settings),
                stdout=asyncio.subprocess.PIPE,
                stderr=written,
                start_new_session=True,
            )
        try:
            registry = await asyncio.wait_for(_ready(process, log), READY_WITHIN)
            find_by_registry(registry, "drill")
            mesh = Mesh(registry, data_dir)
            yield mesh
            await mesh.network.close()
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), STOP_WITHIN)


async def _ready(process: asyncio.subprocess.Process, log: Path) -> str:
    """The registry's address, from the line that says that the platform is ready."""
    assert process.stdout is not None
    async for line in process.stdout:
        if found := re.match(rb"ready in .* grpc://(\S+)", line):
            return found[1].decode()
    raise RuntimeError(f"the platform ended before it was ready: {log}")
