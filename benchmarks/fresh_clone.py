"""The first minutes of a newcomer: a clone in a new folder, `make run`, and the time until the platform is ready. The
package cache is left empty, so the registry's speed is part of the figure."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.start import running

REPOSITORY = Path(__file__).parent.parent

OURS = ("VIRTUAL_ENV", "MAKE", "MFLAGS", "ARGS", "INNKEEPER_")
"""How the variables begin that `make bench ARGS=fresh_clone` would hand to the newcomer's own `make`."""


async def measure() -> dict[str, float]:
    """`fresh_clone_s`: from before `git clone` until `make run` says that it is ready."""
    with tempfile.TemporaryDirectory() as directory:
        clone = Path(directory) / "innkeeper"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        environment |= {"PIP_NO_CACHE_DIR": "1", "INNKEEPER_PORT": "0", "INNKEEPER_METRICS_PORT": "0"}
        environment["INNKEEPER_EDGE_PORT"] = "0"
        begun = time.perf_counter()
        command = ["git", "clone", "--quiet", str(REPOSITORY), str(clone)]
        await asyncio.to_thread(subprocess.run, command, check=True)
        async with running(["make", "--silent", "run"], environment, clone):
            return {"fresh_clone_s": time.perf_counter() - begun}
