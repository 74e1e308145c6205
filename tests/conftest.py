"""Platforms for tests: real services on real databases, in process, on free loopback ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar, cast

import grpc
import hypothesis
import pytest

from chassis.client.channel import Channel, Transport
from chassis.client.inprocess_transport import InProcessTransport
from chassis.client.interceptor import Outgoing, Send
from chassis.client.socket_transport import SocketTransport
from chassis.context import ADMIN
from chassis.observability.logs import set_up_logs
from chassis.platform import Platform
from chassis.policy import Method
from chassis.security.service_clients import all_scopes, needed_scopes
from chassis.server.authentication import AUTHORIZATION, END_USER
from chassis.service import Service
from chassis.settings import Settings
from chassis.storage.database import Database
from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub
from tests.identity import TestIdentity
from tests.transport import TRANSPORT

pytest_plugins = ["tests.edge", "tests.golang", "tests.postgresql", "tests.rabbitmq"]
hypothesis.settings.register_profile("unhurried", hypothesis.settings.default, deadline=None)
hypothesis.settings.load_profile("unhurried")

S = TypeVar("S")
FAST = {"port": 0, "metrics_port": -1, "log_level": "error", "argon2_memory_kib": 64, "drain_seconds": 1.0}
"""Settings that suit tests: free ports, quick password hashes."""


class RunningPlatform:
    """A platform that was started for one test, and ways to call it."""

    def __init__(self, platform: Platform, identity: TestIdentity, scopes: frozenset[str]) -> None:
        self.scopes = scopes
        self.platform = platform
        self.address = platform.address
        self.identity = identity
        self._socket = SocketTransport(platform.address, ())

    def token(self, subject: str = "users/ada", scopes: Iterable[str] = (), **claims: Any) -> str:
        """An access token of that subject with those scopes."""
        return self.identity.sign(subject, scopes, **claims)

    def stub(self, stub_class: Callable[[grpc.aio.Channel], S], *, token: str = "") -> S:
        """A stub that calls over the socket without retries, with that token or none."""
        metadata = [(AUTHORIZATION, f"Bearer {token}")] if token else []
        return self._stub(stub_class, self._socket, metadata)

    def inside(
        self, stub_class: Callable[[grpc.aio.Channel], S], *, as_service: str, user: str = "", staff: bool = False
    ) -> S:
        """A stub that calls in process as a service with every scope does, in the name of a user or of none, and with
        staff's scope or without it."""
        bearer = self.identity.sign(f"clients/{as_service}", {*self.scopes, ADMIN} if staff else self.scopes)
        metadata = [(AUTHORIZATION, f"Bearer {bearer}")]
        if user:
            metadata.append((END_USER, self.identity.sign(user, ())))
        return self._stub(stub_class, InProcessTransport(self.platform.network.endpoints.__getitem__), metadata)

    def database(self, service: str) -> Database:
        """The database of a service."""
        return self.platform.database(service)

    async def settled(self) -> None:
        """Returns when every event has taken effect."""
        await self.platform.settled()

    async def close(self) -> None:
        """Ends the socket's channel; the platform is stopped by whoever started it."""
        await self._socket.close()

    def _stub(
        self, stub_class: Callable[[grpc.aio.Channel], S], transport: Transport, metadata: list[tuple[str, str]]
    ) -> S:
        channel = Channel(self.platform.network.method_at, transport, [_Metadata(metadata)])
        return stub_class(cast(grpc.aio.Channel, channel))


class _Metadata:
    """Adds the same metadata to each call."""

    def __init__(self, metadata: list[tuple[str, str]]) -> None:
        self._metadata = metadata

    def bind(self, method: Method, send: Send) -> Send:
        async def with_metadata(request: Any, outgoing: Outgoing) -> Any:
            outgoing.metadata.extend(self._metadata)
            return await send(request, outgoing)

        return with_metadata


def declared(name: str) -> Service:
    """The declaration of a service."""
    service = import_module(f"services.{name}.service").SERVICE
    assert isinstance(service, Service)
    return service


@pytest.fixture(scope="session", autouse=True)
def _logs() -> None:
    """Logs as in production, errors only."""
    set_up_logs(Settings.read(**FAST))


def identity_of(services: Sequence[Service]) -> TestIdentity:
    """An identity for each of the platform's clients, whose scopes are those that it needs of these services."""
    return TestIdentity(lambda client: needed_scopes(declared(client), services))


StartPlatform = Callable[..., Awaitable[RunningPlatform]]


@asynccontextmanager
async def started(
    data_dir: Path,
    names: Sequence[str],
    *,
    altered: Mapping[str, Service] | None = None,
    elsewhere: Sequence[str] = (),
    identity: TestIdentity | None = None,
    **settings: Any,
) -> AsyncIterator[RunningPlatform]:
    """A platform of the named services on the data in that directory; stopped when the block ends.

    `altered` has declarations that take the place of the services' own. `elsewhere` names services of other platforms,
    besides those that are called; those that call each other share an identity.
    """
    services = [(altered or {}).get(name, declared(name)) for name in names]
    called = [callee for service in services for callee in service.calls]
    catalogue = [*services, *(declared(name) for name in dict.fromkeys((*elsewhere, *called)) if name not in names)]
    identity = identity or identity_of(catalogue)
    merged: dict[str, Any] = {**FAST, "data_dir": data_dir, "events_url": TRANSPORT.events_url(data_dir), **settings}
    chosen = Settings.read(**merged)
    async with Platform.started(services, chosen, catalogue=catalogue, identity=identity) as platform:
        if "auth" in names:
            identity.auth = platform.stub(AuthServiceStub)
        running = RunningPlatform(platform, identity, all_scopes(catalogue) - {ADMIN})
        try:
            yield running
        finally:
            await running.close()


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[StartPlatform]:
    """Starts platforms of the named services, each call with settings of its own, and stops them after the test.

    A second call without another `data_dir` starts on the data of the first.
    """
    async with AsyncExitStack() as stack:

        async def start(*names: str, data_dir: Path = tmp_path / "data", **settings: Any) -> RunningPlatform:
            return await stack.enter_async_context(started(data_dir, names, **settings))

        yield start
