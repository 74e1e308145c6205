"""A platform of many processes, as `innkeeper up --split` starts it, or one by one, found through its registry."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import grpc

from chassis.client.xds_bootstrap import find_by_registry
from chassis.network import Network, registry_address
from chassis.observability.tracing import Tracing
from chassis.security.secrets import Secrets
from chassis.security.service_clients import CLI
from chassis.security.service_tokens import ServiceTokens
from clients.cli.supervisor.ports import free_port
from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub
from innkeeper.registry.v1 import registry_pb2
from innkeeper.registry.v1.registry_pb2_grpc import RegistryServiceStub
from services.catalogue import CATALOGUE

S = TypeVar("S")
INNKEEPER = (sys.executable, "-m", "clients.cli")
READY_WITHIN = 90.0
STOP_WITHIN = 60.0
SERVICES = tuple(service.name for service in CATALOGUE if service.name != "registry")


class RunningMesh:
    """The processes, seen from a client that finds them through the registry.

    Args:
        registry: Where the registry listens.
        data_dir: Where the platform keeps its data.
    """

    def __init__(self, registry: str, data_dir: Path) -> None:
        untraced = Tracing("drill", 0.0, None)
        self.network = Network(CATALOGUE, frozenset(), registry_address(registry), untraced, by_registry=True)
        secret = Secrets(data_dir / "secrets").client_secret(CLI)
        self.tokens = ServiceTokens(self.network.stub(AuthServiceStub, None), CLI, secret)
        self.registry = self.network.stub(RegistryServiceStub, self.tokens)

    async def instances(self, service: str = "") -> Sequence[registry_pb2.Instance]:
        """What is registered, for one service or all."""
        mesh = await self.registry.GetMesh(registry_pb2.GetMeshRequest())
        return [instance for instance in mesh.instances if service in ("", instance.service)]

    async def until(self, service: str, condition: Callable[[Sequence[registry_pb2.Instance]], bool]) -> float:
        """Waits until the instances of a service are as wanted, and returns the seconds that it took."""
        begun = time.monotonic()
        async with asyncio.timeout(60):
            while True:
                try:
                    if condition(await self.instances(service)):
                        return time.monotonic() - begun
                except grpc.aio.AioRpcError:
                    pass  # the registry itself is away for a moment
                await asyncio.sleep(0.05)


class Process:
    """One process of the platform: `innkeeper serve` with those settings besides the environment's."""

    def __init__(self, service: str, settings: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as written:
            self._process = subprocess.Popen(
                (*INNKEEPER, "serve", service),
                env=environment(settings),
                stdout=subprocess.DEVNULL,
                stderr=written,
                start_new_session=True,
            )
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
    """

    def __init__(self, directory: Path, registry: str) -> None:
        self.data_dir = directory / "data"
        self.registry = registry
        self._log = directory / "log"
        self._running: list[Process] = []

    def start(self, service: str, **settings: str) -> Process:
        """One more process."""
        port = self.registry.rpartition(":")[2] if service == "registry" else "0"
        process = Process(service, {**self._settings(), "PORT": port, **settings}, self._log)
        self._running.append(process)
        return process

    async def fill(self, hotels: int) -> None:
        """Loads made-up hotels."""
        settings = {**self._settings(), "DEMO_HOTELS": str(hotels)}
        # By subprocess, which uses vfork: a process with gRPC must not fork, as the event loop's own way would.
        command = (*INNKEEPER, "first-hotels")
        await asyncio.to_thread(subprocess.run, command, env=environment(settings), check=True)

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
        }


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """That of this process, with these settings of Innkeeper and no others."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("INNKEEPER_")}
    return inherited | {f"INNKEEPER_{name}": value for name, value in settings.items()}


@asynccontextmanager
async def processes(counts: Mapping[str, int], *, hotels: int = 200) -> AsyncIterator[tuple[Processes, RunningMesh]]:
    """Starts that many processes of each service and one registry, all registered when the block begins."""
    with tempfile.TemporaryDirectory(prefix="innkeeper-drill-") as directory:
        started = Processes(Path(directory), f"127.0.0.1:{free_port('127.0.0.1')}")
        try:
            for service, count in {"registry": 1, **counts}.items():
                for _ in range(count):
                    started.start(service)
            find_by_registry(started.registry, "drill")
            async with asyncio.timeout(READY_WITHIN):
                while not (started.data_dir / "secrets").exists():  # noqa: ASYNC110 - another process makes it
                    await asyncio.sleep(0.1)
            mesh = RunningMesh(started.registry, started.data_dir)
            for service, count in counts.items():
                await mesh.until(service, lambda now, count=count: len(now) == count)
            if hotels:
                await started.fill(hotels)
            yield started, mesh
            await mesh.network.close()
        finally:
            started.stop()


@asynccontextmanager
async def running_mesh(*replicas: str, hotels: int = 200) -> AsyncIterator[RunningMesh]:
    """Starts a platform with that many replicas (`all=2`), ready when the block begins, and stops it at the end."""
    with tempfile.TemporaryDirectory(prefix="innkeeper-drill-") as directory:
        data_dir, log = Path(directory) / "data", Path(directory) / "log"
        options = [option for each in replicas for option in ("--replicas", each)]
        settings = {
            "DATA_DIR": str(data_dir),
            "PORT": "0",
            "METRICS_PORT": "-1",
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
            mesh = RunningMesh(registry, data_dir)
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
