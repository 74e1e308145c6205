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
async def supervised(*replicas: str, hotels: int = 200, **settings: str) -> AsyncIterator[Mesh]:
    """Starts a platform with that many replicas (`all=2`), ready when the block begins, and stops it at the end.

    Without an edge, unless the settings have an `EDGE_PORT`.
    """
    with tempfile.TemporaryDirectory(prefix="innkeeper-drill-") as directory:
        data_dir, log = Path(directory) / "data", Path(directory) / "log"
        options = [option for each in replicas for option in ("--replicas", each)]
        said = {
            "DATA_DIR": str(data_dir),
            "PORT": "0",
            "METRICS_PORT": "-1",
            "EDGE_PORT": "-1",
            "DEMO_HOTELS": str(hotels),
            "LOG_LEVEL": "warning",
            **settings,
        }
        with log.open("wb") as written:
            process = await asyncio.create_subprocess_exec(
                *(*INNKEEPER, "up", "--split", *options),
                env=environment(said),
                stdout=asyncio.subprocess.PIPE,
                stderr=written,
                start_new_session=True,
            )
        try:
            registry, edge = await asyncio.wait_for(_ready(process, log), READY_WITHIN)
            find_by_registry(registry, "drill")
            mesh = Mesh(registry, data_dir, edge)
            yield mesh
            await mesh.network.close()
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), STOP_WITHIN)


async def _ready(process: asyncio.subprocess.Process, log: Path) -> tuple[str, str]:
    """The addresses of the registry and of the edge, from what is said until the platform is ready."""
    assert process.stdout is not None
    edge = ""
    async for line in process.stdout:
        if found := re.match(rb"  edge +https?://(\S+)", line):
            edge = found[1].decode()
        if found := re.match(rb"ready in .* grpc://(\S+)", line):
            return found[1].decode(), edge
    raise RuntimeError(f"the platform ended before it was ready: {log}")
