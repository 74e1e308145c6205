"""The edge before a platform: a real Envoy, which the platform's registry tells what to do."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import grpc
import httpx
import pytest
import pytest_asyncio
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.addresses import parted
from chassis.service import Assembly, Kit, Service
from clients.cli.edge.binary import envoy_binary
from clients.cli.edge.bootstrap import bootstrap
from services.catalogue import CATALOGUE
from services.registry.edge.tokens import KEYS
from tests.conftest import RunningPlatform, declared, identity_of, started
from tests.identity import TestIdentity

SOON = 20.0
"""Seconds in which an Envoy is ready, and in which it ends, on a busy machine."""

GENEROUS = {"edge_client_rate": 100_000, "edge_address_rate": 100_000}
"""Settings for tests that are not about how much a caller may do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningEnvoy:
    """An Envoy that a registry tells what to do.

    `address` is `host:port`, where all protocols are spoken; `redirect` that of the listener that sends callers to
    https, empty where there is none; `admin` is the socket of Envoy's own interface; `log` is where it writes.
    """

    address: str
    redirect: str
    admin: Path
    log: Path
    process_id: int
    tls: bool

    @property
    def url(self) -> str:
        """The address as browsers write it, without a slash at the end."""
        return f"{'https' if self.tls else 'http'}://{self.address}"

    def http(self, *, token: str = "", **options: Any) -> httpx.AsyncClient:
        """A client for REST and pages, whose requests bring that token or none; to be closed."""
        headers = {**options.pop("headers", {}), **({"authorization": f"Bearer {token}"} if token else {})}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=SOON, trust_env=False, **options)

    def channel(self) -> grpc.aio.Channel:
        """A plain channel for gRPC, without anything that the platform's own clients do; to be closed."""
        return grpc.aio.insecure_channel(self.address)

    async def ask_admin(self, path: str) -> str:
        """What Envoy says of itself, such as `/stats` or `/config_dump`."""
        transport = httpx.AsyncHTTPTransport(uds=str(self.admin))
        async with httpx.AsyncClient(transport=transport, base_url="http://envoy", timeout=SOON) as client:
            return (await client.get(path)).text

    def logged(self) -> list[str]:
        """What it has written until now."""
        return self.log.read_text().splitlines()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningEdge(RunningEnvoy):
    """An Envoy in front of a platform."""

    platform: RunningPlatform


@asynccontextmanager
async def running_envoy(
    registry: str,
    *,
    tls_dir: Path | None = None,
    edge_tls_dir: Path | None = None,
    redirect: bool = False,
    concurrency: int = 1,
    **options: Any,
) -> AsyncIterator[RunningEnvoy]:
    """An Envoy that has its configuration from the registry at that address, ready to be called; ended with the block.

    `options` are those of `bootstrap`.
    """
    ports = _free_ports(2)
    listen, plain = f"127.0.0.1:{ports[0]}", f"127.0.0.1:{ports[1]}" if redirect else ""
    # Not below the test's own directory, whose path may be too long for a socket.
    with tempfile.TemporaryDirectory(prefix="innkeeper-edge-") as scratch:
        admin, log, config = (Path(scratch, name) for name in ("admin", "log", "bootstrap.json"))
        config.write_text(
            bootstrap(
                registries=registry,
                listen=listen,
                redirect=plain,
                admin=admin,
                tls_dir=tls_dir,
                edge_tls_dir=edge_tls_dir,
                **options,
            )
        )
        arguments = [
            "--config-path",
            str(config),
            "--disable-hot-restart",
            "--log-level",
            "warning",
            "--file-flush-interval-msec",
            "50",
        ]
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                _binary(), *arguments, "--concurrency", str(concurrency), stdout=output, stderr=output
            )
        try:
            envoy = RunningEnvoy(
                address=listen,
                redirect=plain,
                admin=admin,
                log=log,
                process_id=process.pid,
                tls=edge_tls_dir is not None,
            )
            await _answering(envoy, process)
            yield envoy
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@asynccontextmanager
async def edge_before(platform: RunningPlatform, **options: Any) -> AsyncIterator[RunningEdge]:
    """An Envoy before a platform that has a registry; for the options, see `running_envoy`."""
    async with running_envoy(platform.address, **options) as envoy:
        yield RunningEdge(platform=platform, **{field.name: getattr(envoy, field.name) for field in fields(envoy)})


@asynccontextmanager
async def platform_behind_edge(
    data_dir: Path,
    names: Sequence[str] = tuple(service.name for service in CATALOGUE),
    *,
    options: Mapping[str, Any] | None = None,
    altered: Mapping[str, Service] | None = None,
    **settings: Any,
) -> AsyncIterator[RunningEdge]:
    """A platform of those services, whole where nothing else is said, with an edge before it that knows the tokens of
    the platform's test identity.

    Args:
        data_dir: Where the platform keeps its data.
        options: Those of `running_envoy`.
        altered: Declarations that take the place of the services' own.
        settings: Those of the platform, beside those that suit tests.
    """
    identity = identity_of([declared(name) for name in names])
    services = dict(altered or {})
    if "web" in names:
        services["web"] = _telling_keys(services.get("web", declared("web")), identity)
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(
            started(data_dir, names, altered=services, identity=identity, **{**GENEROUS, **settings})
        )
        yield await stack.enter_async_context(edge_before(platform, **(options or {})))


class StartEdge(Protocol):
    """Starts a platform behind an edge (see `platform_behind_edge`)."""

    async def __call__(self, *names: str, options: Mapping[str, Any] | None = None, **settings: Any) -> RunningEdge: ...


@pytest.fixture(scope="session")
def envoy() -> Path:
    """The Envoy to run. Where there is none for this platform, CI fails, and elsewhere the test is not run."""
    binary = envoy_binary()
    if binary is None:
        missing = "there is no Envoy for this platform"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(f"not run: {missing}")
    return binary


@pytest.fixture
async def start_edge(tmp_path: Path, envoy: Path) -> AsyncIterator[StartEdge]:
    """Starts platforms behind an edge for one test: of the named services, or the whole; with settings of its own."""
    async with AsyncExitStack() as stack:

        async def start(*names: str, options: Mapping[str, Any] | None = None, **settings: Any) -> RunningEdge:
            chosen = names or tuple(service.name for service in CATALOGUE)
            return await stack.enter_async_context(
                platform_behind_edge(tmp_path / "data", chosen, options=options, **settings)
            )

        yield start


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def edge(tmp_path_factory: pytest.TempPathFactory, envoy: Path) -> AsyncIterator[RunningEdge]:
    """The whole platform behind an edge, for all tests of a module; they run in the session's loop
    (`pytestmark = pytest.mark.asyncio(loop_scope="session")`)."""
    async with platform_behind_edge(tmp_path_factory.mktemp("edge") / "data") as running:
        yield running


def _telling_keys(web: Service, identity: TestIdentity) -> Service:
    """The service, which publishes the keys of the test identity as well."""

    def assemble(kit: Kit) -> Assembly:
        assembly = web.assemble(kit)
        assert assembly.app is not None
        return dataclasses.replace(assembly, app=_Keys(assembly.app, identity))

    return dataclasses.replace(web, assemble=assemble)


class _Keys:
    def __init__(self, app: ASGIApp, identity: TestIdentity) -> None:
        self._app = app
        self._identity = identity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != KEYS:
            await self._app(scope, receive, send)
            return
        published = (await self._identity.jwks()).keys
        said = [
            {"kty": key.kty, "crv": key.crv, "kid": key.kid, "use": key.use, "alg": key.alg, "x": key.x, "y": key.y}
            for key in published
        ]
        await JSONResponse({"keys": said})(scope, receive, send)


def _binary() -> Path:
    binary = envoy_binary()
    assert binary is not None, "a test of the edge asks for the fixture `envoy`"
    return binary


async def _answering(edge: RunningEnvoy, process: asyncio.subprocess.Process) -> None:
    """Returns when Envoy has its configuration and takes connections."""
    host, port = parted(edge.address)
    deadline = asyncio.get_running_loop().time() + SOON
    while True:
        late = asyncio.get_running_loop().time() > deadline
        assert process.returncode is None, f"Envoy has ended: {edge.log.read_text()}"
        assert not late, f"Envoy does not answer: {edge.log.read_text()}"
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            await writer.wait_closed()
            return


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
