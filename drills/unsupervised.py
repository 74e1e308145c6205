"""A platform of many processes that nobody starts again, so that a drill decides which of them run."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from chassis.client.xds_bootstrap import find_by_registry
from clients.cli.supervisor.ports import free_port
from drills.command import INNKEEPER, environment
from drills.mesh import Mesh

SERVE = (*INNKEEPER, "serve")
READY_WITHIN = 90.0
STOP_WITHIN = 60.0


class Process:
    """One process of the platform: `innkeeper serve`, or what takes its place, with those settings."""

    def __init__(self, program: Sequence[str], service: str, settings: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as written:
            self._process = subprocess.Popen(
                (*program, service),
                env=environment(settings),
                stdout=subprocess.DEVNULL,
                stderr=written,
                start_new_session=True,
            )
        self.service = service
        self.process_id = self._process.pid

    def kill(self) -> None:
        """Ends it by SIGKILL."""
        self._process.kill()
        self._process.wait()

    def terminate(self) -> None:
        """Ends it by SIGTERM, and by SIGKILL where that takes too long."""
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()


class Processes:
    """Processes that nobody restarts, on one data directory and one registry.

    Args:
        directory: Where they keep their data and their logs.
        registry: Where the registry listens: an address that is free now.
        program: What runs the services that are named after it.
        settings: Of all processes.
    """

    def __init__(self, directory: Path, registry: str, program: Sequence[str], settings: Mapping[str, str]) -> None:
        self.data_dir = directory / "data"
        self.registry = registry
        self._program = program
        self._chosen = settings
        self._log = directory / "log"
        self._running: list[Process] = []

    def start(self, service: str, **settings: str) -> Process:
        """One more process."""
        port = self.registry.rpartition(":")[2] if service == "registry" else "0"
        process = Process(self._program, service, {**self._settings(), "PORT": port, **settings}, self._log)
        self._running.append(process)
        return process

    async def fill(self, hotels: int) -> None:
        """Loads made-up hotels."""
        settings = {**self._settings(), "DEMO_HOTELS": str(hotels)}
        # By subprocess, which uses vfork: a process with gRPC must not fork, as the event loop's own way would.
        command = (*INNKEEPER, "first-hotels")
        await asyncio.to_thread(subprocess.run, command, env=environment(settings), check=True)

    def of(self, service: str) -> Sequence[Process]:
        """Those of a service that run."""
        return [process for process in self._running if process.service == service]

    def kill(self, process_id: int) -> None:
        """Ends one of them by SIGKILL."""
        killed = next(process for process in self._running if process.process_id == process_id)
        killed.kill()
        self._running.remove(killed)

    def stop(self) -> None:
        """Ends all that still run."""
        for process in reversed(self._running):
            process.terminate()

    def _settings(self) -> dict[str, str]:
        return {
            "DATA_DIR": str(self.data_dir),
            "METRICS_PORT": "-1",
            "LOG_LEVEL": "warning",
            "DISCOVERY": "xds",
            "REGISTRY": self.registry,
            **self._chosen,
        }


@asynccontextmanager
async def processes(
    counts: Mapping[str, int], *, hotels: int = 200, program: Sequence[str] = SERVE, **settings: str
) -> AsyncIterator[tuple[Processes, Mesh]]:
    """Starts that many processes of each service and one registry, all registered when the block begins."""
    with tempfile.TemporaryDirectory(prefix="innkeeper-drill-") as directory:
        started = Processes(Path(directory), f"127.0.0.1:{free_port('127.0.0.1')}", program, settings)
        try:
            for service, count in {"registry": 1, **counts}.items():
                for _ in range(count):
                    started.start(service)
            find_by_registry(started.registry, "drill")
            async with asyncio.timeout(READY_WITHIN):
                while not (started.data_dir / "secrets").exists():  # noqa: ASYNC110 - another process makes it
                    await asyncio.sleep(0.1)
            mesh = Mesh(started.registry, started.data_dir)
            for service, count in counts.items():
                await mesh.until(service, lambda now, count=count: len(now) == count)
            if hotels:
                await started.fill(hotels)
            yield started, mesh
            await mesh.network.close()
        finally:
            started.stop()
