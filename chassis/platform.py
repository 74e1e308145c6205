"""Several services in one process: opened, wired, started, served, and drained."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import grpc

from chassis import data_directory
from chassis.assembling import Databases, Running, assembled
from chassis.contracts import contracts
from chassis.errors import StartError
from chassis.events.delivery import EventDelivery
from chassis.events.transports import transport_of
from chassis.identity import AuthIdentity, Identity
from chassis.interception import Interception
from chassis.kit import ServiceKit
from chassis.listening import Ports
from chassis.network import REGISTRY, Network, registry_address
from chassis.observability.access_log import AccessLog
from chassis.observability.load import LoadMeter
from chassis.observability.logs import lines_writer
from chassis.observability.metrics import Metrics
from chassis.observability.metrics_server import MetricsServer
from chassis.observability.tracing import Tracing
from chassis.personal_data import completed
from chassis.privacy.export import Holder, PersonalDataServicer
from chassis.registration import Registrations
from chassis.security.join_key import JoinKey, JoinTokens
from chassis.security.secrets import Secrets
from chassis.security.service_clients import EVENT_LOG, EVENT_SINK, PERSONAL_DATA
from chassis.security.transport_security import TransportSecurity
from chassis.security.verification import TokenVerifier
from chassis.server.admission import AdmissionInterceptor
from chassis.server.door import Door
from chassis.server.exposure import require_protection
from chassis.server.lifecycle import Server
from chassis.server.loop_lag import LoopLag
from chassis.server.overload import Overload
from chassis.service import Service
from chassis.settings import Settings
from chassis.storage.database import Database
from chassis.timers import Timers
from innkeeper.registry.v1.registry_pb2_grpc import RegistryServiceStub

if TYPE_CHECKING:
    from chassis.http.server import HttpServer

S = TypeVar("S")


class Migrated(Exception):
    """The databases are at the version of the code now, and were not when the process started."""


class Platform:
    """The services of one process. Made by `started`."""

    def __init__(
        self, services: Sequence[Service], catalogue: Sequence[Service], settings: Settings, identity: Identity | None
    ) -> None:
        _require_known(settings.addresses, catalogue)
        if settings.discovery == "xds" and not settings.registry:
            raise StartError("INNKEEPER_REGISTRY: with INNKEEPER_DISCOVERY=xds, must say where the registry listens")
        require_protection(settings)
        self.settings = settings
        self._security = TransportSecurity.of_services(settings.tls_dir, [service.name for service in services])
        data_directory.make_writable(settings.data_dir)  # not before it is known that nothing forbids the start
        self.metrics = Metrics()
        self.overload = Overload(settings.max_concurrent_calls)
        self.loop_lag = LoopLag(self.overload.tick)
        self._admission = AdmissionInterceptor(self.overload, self.metrics)
        self.metrics.gauges |= {
            "innkeeper_event_loop_lag_seconds": ("How late the event loop is.", lambda: self.loop_lag.seconds),
            "innkeeper_concurrency_limit": ("Reads that may be in hand at a time.", lambda: self.overload.limit),
        }
        self._access_log = AccessLog(lines_writer(settings))
        self.address = ""
        self.http_address = ""
        """Where HTTP is served; empty where no service here has something to serve by it."""

        self.metrics_address = ""
        self.registered = True
        """False where the registry was not to be reached at the start; it is told of the process when it is."""

        self._catalogue = catalogue = completed(catalogue)
        declared = {service.name: service for service in catalogue}
        self._services = services = [declared[service.name] for service in services]
        self._secrets = Secrets(settings.data_dir / "secrets")
        self._tracing = Tracing.from_environment("-".join(s.name for s in services), settings.trace_ratio)
        local = frozenset(service.name for service in services)
        self._join_key = JoinKey(self._secrets, settings.public_url, settings.audience)
        self.network = Network(
            catalogue,
            local,
            {**registry_address(settings.registry), **settings.addresses},
            self._tracing,
            by_registry=settings.discovery == "xds",
            security=self._security,
        )
        self.transport = transport_of(services, catalogue, settings, self.network, self._security)
        """What brings events on their way."""

        self._events = EventDelivery(self.transport, settings, self._tracing, self.metrics)
        self._identity = identity or AuthIdentity(self.network, self._secrets)
        own = [self._join_key.public] if REGISTRY in local else []
        self._verifier = TokenVerifier(self._identity.jwks, settings.public_url, settings.audience, own=own)
        self._interception = Interception(
            tracing=self._tracing,
            metrics=self.metrics,
            access_log=self._access_log,
            admission=self._admission,
            verifier=self._verifier,
        )
        self._databases = Databases(settings, self._secrets, self.overload.waited)
        self._running: dict[str, Running] = {}

    @classmethod
    @asynccontextmanager
    async def started(
        cls,
        services: Sequence[Service],
        settings: Settings,
        *,
        catalogue: Sequence[Service] = (),
        identity: Identity | None = None,
        afresh: bool = False,
    ) -> AsyncIterator[Platform]:
        """Starts the services, and stops them in reverse order at the end: no new calls, then what is in flight, then
        timers and relays, then databases.

        `catalogue` is all services of the platform, where that is more than these. With `afresh` only a process serves
        that had no database to migrate. Raises StartError; with `afresh`, Migrated once all has been done that is done
        before the first call.
        """
        platform = cls(services, catalogue or services, settings, identity)
        async with AsyncExitStack() as stack:
            await platform._start(stack, afresh)
            yield platform

    def stub(self, stub_class: Callable[[grpc.aio.Channel], S], *, as_client: str = "") -> S:
        """A stub of any service, in process where that runs here, which calls as that client or as nobody."""
        return self.network.stub(stub_class, self._identity.tokens(as_client) if as_client else None)

    def database(self, service: str) -> Database:
        """The database of a service that runs here. Raises LookupError for one that has none."""
        database = self._running[service].database
        if database is None:
            raise LookupError(f"{service} has no database: it declares no tables")
        return database

    async def settled(self) -> None:
        """Returns when every event recorded so far, and those that they cause, has taken effect with the subscribers
        that are within reach."""
        await self._events.settled()

    async def _start(self, stack: AsyncExitStack, afresh: bool) -> None:
        if self.settings.metrics_port >= 0:
            metrics_server = MetricsServer(self.metrics.text, self.settings.metrics_port)
            stack.callback(metrics_server.close)
            self.metrics_address = metrics_server.address
        stack.callback(self._tracing.close)
        stack.callback(self._access_log.flush)
        with ExitStack() as turns:
            for service in self._services:
                self._assemble(service, stack, turns)
            stack.push_async_callback(self.network.close)
            self._bind()
            for running in self._running.values():
                if running.assembly.stop is not None:
                    stack.push_async_callback(running.assembly.stop)
                if running.assembly.start is not None:
                    with running.told_at_start():
                        await running.assembly.start()
        if afresh and self._databases.migrated:
            raise Migrated
        stack.push_async_callback(self._events.stop)
        await self._events.start()
        timers = Timers(
            [*(timer for running in self._running.values() for timer in running.timers()), *self._events.timers()]
        )
        timers.start()
        stack.push_async_callback(timers.stop)
        assemblies = [running.assembly for running in self._running.values()]
        others = [handler for assembly in assemblies for handler in assembly.handlers]
        door = Door(self._admission, self.network.endpoints, self.metrics)
        known = contracts(self._catalogue if REGISTRY in self._running else ())  # whoever asks there asks for everybody
        reflected = [contract.full_name for contract in known.values()]
        server = Server(self.network.endpoints, self.settings, others, self._security, door, reflected)
        self.overload.backlog = server.backlog
        stack.callback(self.loop_lag.stop)
        self.loop_lag.start()
        ports = Ports(server, self._http_server())
        stack.push_async_callback(ports.drain)
        await ports.start()
        self.address, self.http_address = ports.address, ports.http_address
        stack.callback(self._events.drain)
        for assembly in assemblies:
            if assembly.drain is not None:
                stack.callback(assembly.drain)
        if self.settings.discovery == "xds" or REGISTRY in self._running:
            registrations = self._registrations(ports.advertised(self.settings))
            stack.push_async_callback(registrations.stop)
            await registrations.start()
            self.registered = registrations.complete
            self.network.connect()
        stack.push_async_callback(ports.leave)
        stack.callback(self.network.leave)

    def _http_server(self) -> HttpServer | None:
        """What serves the app of the one service here that has one. Raises TypeError where several do."""
        apps = [running.assembly.app for running in self._running.values() if running.assembly.app is not None]
        if len(apps) > 1:
            raise TypeError("a process serves the app of one service by HTTP, not of several")
        return self._interception.http_server(apps[0], self.settings, self._security) if apps else None

    def _registrations(self, address_of: Callable[[Service], str]) -> Registrations:
        def stub(service: str) -> RegistryServiceStub:
            return self.network.stub(RegistryServiceStub, JoinTokens(self._join_key, service))

        return Registrations(
            [(service, address_of(service)) for service in self._services],
            self.settings.variant,
            stub,
            LoadMeter(self.metrics, lambda: self.loop_lag.seconds),
            # Where nobody finds its way by the registry, nobody has to hear.
            self.settings.drain_news_seconds if self.settings.discovery == "xds" else 0.0,
            here=REGISTRY in self._running,
        )

    def _assemble(self, service: Service, stack: AsyncExitStack, turns: ExitStack) -> None:
        tokens = self._identity.tokens(service.name)
        kit = ServiceKit(
            settings=self.settings,
            stored=self._databases.open(service, stack, turns),
            catalogue=self._catalogue,
            network=self.network,
            secrets=self._secrets,
            tokens=tokens,
            verifier=self._verifier,
        )
        running = self._running[service.name] = assembled(service, kit)
        for collector in running.assembly.collectors:
            self.metrics.registry.register(collector)
        if running.database is not None:
            self._events.add(service, running.database, running.subscriptions(), tokens)

    def _bind(self) -> None:
        """Folds the interceptors round every method of every service."""
        served = [
            (running.service.contract, running.assembly.servicer)
            for running in self._running.values()
            if running.service.contract is not None
        ]
        of_process = ((EVENT_SINK, self._events.sink()), (EVENT_LOG, self._events.log()))
        served += [(contract, servicer) for contract, servicer in of_process if servicer is not None]
        holders = {
            name: Holder(running.database, running.assembly.personal_data)
            for name, running in self._running.items()
            if running.database is not None and running.assembly.personal_data is not None
        }
        if holders:
            served.append((PERSONAL_DATA, PersonalDataServicer(holders)))
        for contract, servicer in served:
            self.network.endpoints.update(self._interception.endpoints(contract, servicer))


def _require_known(addresses: Mapping[str, str], catalogue: Sequence[Service]) -> None:
    """Raises StartError where there is an address of a service that there is not."""
    known = {service.name for service in catalogue}
    if ghosts := sorted(set(addresses) - known):
        raise StartError(
            f"INNKEEPER_ADDRESSES: there is no service {', '.join(ghosts)}; there are {', '.join(sorted(known))}"
        )
