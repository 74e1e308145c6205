"""Several services in one process: opened, wired, started, served, and drained."""

from __future__ import annotations

import asyncio
import base64
import functools
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import grpc
from cryptography.fernet import Fernet

from chassis.client.credentials import TokenSource
from chassis.errors import StartError
from chassis.events.inbox import Inbox
from chassis.events.relay import Deliver, Relay
from chassis.events.remote import delivery_by
from chassis.events.sink import EventSinkServicer
from chassis.identity import AuthIdentity, Identity
from chassis.kit import ServiceKit, utc_now
from chassis.network import Network
from chassis.observability.access_log import AccessLog
from chassis.observability.logs import lines_writer
from chassis.observability.metrics import Metrics, MetricsServer
from chassis.observability.tracing import Tracing
from chassis.security.secrets import Secrets
from chassis.security.service_clients import EVENT_SINK
from chassis.security.verification import TokenVerifier
from chassis.server.admission import AdmissionInterceptor
from chassis.server.endpoint import endpoints
from chassis.server.lifecycle import Server
from chassis.service import Assembly, Service, Timer
from chassis.settings import Settings
from chassis.stack import server_stack
from chassis.storage.database import Database
from chassis.storage.migrate import migrate, told_at_start
from chassis.storage.requests import forget_old
from chassis.timers import Timers
from innkeeper.events.v1.events_pb2_grpc import EventSinkServiceStub

S = TypeVar("S")
PRUNE_EVERY = 3600.0


@dataclass(frozen=True, slots=True)
class Running:
    """A service in this process, with its parts."""

    service: Service
    database: Database
    assembly: Assembly
    inbox: Inbox
    tokens: TokenSource


class Platform:
    """The services of one process. Made by `started`."""

    def __init__(
        self, services: Sequence[Service], catalogue: Sequence[Service], settings: Settings, identity: Identity | None
    ) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self._access_log = AccessLog(lines_writer(settings))
        self.address = ""
        self.metrics_address = ""
        self._catalogue = catalogue
        self._services = services
        self._secrets = Secrets(settings.data_dir / "secrets")
        self._tracing = Tracing.from_environment("-".join(s.name for s in services), settings.trace_ratio)
        local = frozenset(service.name for service in services)
        self._network = Network(catalogue, local, settings.addresses, self._tracing)
        self._identity = identity or AuthIdentity(self._network, self._secrets)
        self._running: dict[str, Running] = {}
        self._relays: list[Relay] = []

    @classmethod
    @asynccontextmanager
    async def started(
        cls,
        services: Sequence[Service],
        settings: Settings,
        *,
        catalogue: Sequence[Service] = (),
        identity: Identity | None = None,
    ) -> AsyncIterator[Platform]:
        """Starts the services, and stops them in reverse order at the end: no new calls, then what is in flight, then
        timers and relays, then databases.

        `catalogue` is all services of the platform, where that is more than these. Raises StartError.
        """
        platform = cls(services, catalogue or services, settings, identity)
        async with AsyncExitStack() as stack:
            await platform._start(stack)
            yield platform

    def stub(self, stub_class: Callable[[grpc.aio.Channel], S], *, as_client: str = "") -> S:
        """A stub of any service, in process where that runs here, which calls as that client or as nobody."""
        return self._network.stub(stub_class, self._identity.tokens(as_client) if as_client else None)

    def database(self, service: str) -> Database:
        """The database of a service that runs here."""
        return self._running[service].database

    async def settled(self) -> None:
        """Returns when every event recorded so far, and those that they cause, has taken effect with the subscribers
        that are within reach."""
        while any([await relay.unsent() for relay in self._relays]):  # noqa: ASYNC110 - no one event stands for all
            await asyncio.sleep(0.01)

    async def stopped(self) -> None:
        """Returns when the process is told to stop, by SIGTERM or SIGINT."""
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, told.set)
        await told.wait()

    async def _start(self, stack: AsyncExitStack) -> None:
        _require_writable(self.settings.data_dir)
        _require_known(self.settings.addresses, self._catalogue)
        if self.settings.metrics_port >= 0:
            metrics_server = MetricsServer(self.metrics, self.settings.metrics_port)
            stack.callback(metrics_server.close)
            self.metrics_address = metrics_server.address
        stack.callback(self._tracing.close)
        stack.callback(self._access_log.flush)
        for service in self._services:
            self._assemble(service, stack)
        stack.push_async_callback(self._network.close)
        self._bind()
        for running in self._running.values():
            if running.assembly.start is not None:
                with told_at_start(running.database):
                    await running.assembly.start()
        self._start_relays(stack)
        timers = Timers(timer for running in self._running.values() for timer in self._timers(running))
        timers.start()
        stack.push_async_callback(timers.stop)
        server = Server(self._network.endpoints, self.settings)
        await server.start()
        stack.push_async_callback(server.drain)
        self.address = server.address

    def _assemble(self, service: Service, stack: AsyncExitStack) -> None:
        seal = Fernet(base64.urlsafe_b64encode(self._secrets.get("stored-answers")))
        database = Database.open(
            service.name, url=self.settings.database_url, directory=self.settings.data_dir, seal=seal
        )
        stack.callback(database.close)
        due = migrate(database, service.migrations, service.tables, apply=self.settings.migrate_at_start)
        if due and not self.settings.migrate_at_start:
            raise StartError(f"the database of {service.name} is older than the code: run `innkeeper migrate`")
        tokens = self._identity.tokens(service.name)
        assembly = service.assemble(
            ServiceKit(
                settings=self.settings,
                database=database,
                catalogue=self._catalogue,
                network=self._network,
                secrets=self._secrets,
                tokens=tokens,
            )
        )
        inbox = Inbox(database, assembly.subscriptions)
        self._running[service.name] = Running(service, database, assembly, inbox, tokens)

    def _bind(self) -> None:
        """Folds the interceptors round every method of every service."""
        verifier = TokenVerifier(self._identity.jwks, self.settings.issuer, self.settings.audience)
        admission = AdmissionInterceptor(self.settings.max_concurrent_calls, self.metrics)
        subscribers = [running.inbox for running in self._running.values() if running.assembly.subscriptions]
        served = [(running.service.contract, running.assembly.servicer) for running in self._running.values()]
        if subscribers:
            served.append((EVENT_SINK, EventSinkServicer(subscribers)))
        for contract, servicer in served:
            stack = server_stack(
                contract.file,
                tracing=self._tracing,
                metrics=self.metrics,
                access_log=self._access_log,
                admission=admission,
                verifier=verifier,
            )
            self._network.endpoints.update(endpoints(contract, servicer, stack))

    def _start_relays(self, stack: AsyncExitStack) -> None:
        for running in self._running.values():
            relay = Relay(running.service.name, running.database, dict(self._deliveries(running)))
            relay.start()
            stack.push_async_callback(relay.stop)
            self._relays.append(relay)

    def _deliveries(self, source: Running) -> Iterator[tuple[str, Deliver]]:
        """How each subscriber of a service is told: those here directly, those elsewhere through their sink. One
        that is out of reach is told when it is within."""
        for subscriber in self._catalogue:
            if source.service.name not in subscriber.subscribes:
                continue
            if subscriber.name in self._running:
                yield subscriber.name, self._running[subscriber.name].inbox.take
            elif self._network.reaches(subscriber.name):
                sink = self._network.stub(EventSinkServiceStub, source.tokens, at=subscriber.name)
                yield subscriber.name, delivery_by(sink)

    def _timers(self, running: Running) -> Iterator[Timer]:
        async def prune() -> None:
            await running.database.write(functools.partial(forget_old, now=utc_now()))

        yield from running.assembly.timers
        yield Timer("prune-requests", every=PRUNE_EVERY, run=prune)


def _require_known(addresses: Mapping[str, str], catalogue: Sequence[Service]) -> None:
    """Raises StartError where there is an address of a service that there is not."""
    known = {service.name for service in catalogue}
    if ghosts := sorted(set(addresses) - known):
        raise StartError(
            f"INNKEEPER_ADDRESSES: there is no service {', '.join(ghosts)}; there are {', '.join(sorted(known))}"
        )


def _require_writable(directory: Path) -> None:
    """Makes the data directory. Raises StartError where nothing can be written there."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise StartError(
            f"INNKEEPER_DATA_DIR={directory}: cannot be written ({error.strerror}); choose another directory"
        ) from None
