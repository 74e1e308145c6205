"""Where services are, as seen from one process: here, at an address, or where the registry says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import grpc

from chassis.addresses import ips_of, joined, parted
from chassis.client.channel import Channel, Transport
from chassis.client.credentials import TokenSource
from chassis.client.inprocess_transport import InProcessTransport
from chassis.client.interceptor import Outgoing, Send
from chassis.client.registry_gate import RegistryGate
from chassis.client.retry_budget import RetryBudget
from chassis.client.socket_transport import XDS, SocketTransport
from chassis.contracts import contracts
from chassis.errors import platform_error
from chassis.observability.tracing import Tracing
from chassis.policy import Method, methods
from chassis.security.service_clients import OF_PROCESSES
from chassis.security.transport_security import TransportSecurity
from chassis.server.endpoint import Endpoint
from chassis.service import Service
from chassis.stack import client_stack

S = TypeVar("S")
REGISTRY = "registry"
"""The service that knows where the others are."""

NOT_SERVING = "NOT_SERVING"
"""What a service says of itself that is about to stop, as in the gRPC health checking protocol."""

NO_WAY = "not in this process, and INNKEEPER_ADDRESSES does not say where it is"


class Network:
    """Makes stubs whose calls find their service.

    Args:
        catalogue: All services of the platform.
        local: The names of those in this process; their endpoints are added to `endpoints` when they are made.
        addresses: Where others are.
        tracing: Finds the place of each call in its trace.
        by_registry: Whether the registry knows where the rest is.
        security: The certificate that calls to other processes are made with; None for calls without TLS.
    """

    def __init__(
        self,
        catalogue: Sequence[Service],
        local: frozenset[str],
        addresses: Mapping[str, str],
        tracing: Tracing,
        *,
        by_registry: bool = False,
        security: TransportSecurity | None = None,
    ) -> None:
        self._security = security
        self._by_registry = by_registry
        self.endpoints: dict[str, Endpoint] = {}
        self._local = local
        self._addresses = addresses
        self._tracing = tracing
        self._contracts = contracts(catalogue)
        known = [*self._contracts.values(), *OF_PROCESSES]
        self._methods = {method.path: method for contract in known for method in methods(contract)}
        self._homes = {contract.full_name: name for name, contract in self._contracts.items()}
        self._transports: dict[str, Transport] = {}
        self._budgets: dict[str, RetryBudget] = {}
        self._gate: RegistryGate | None = None
        self._leaving = False

    def method_at(self, path: str) -> Method:
        """The contract's method of a path (`/package.Service/Method`)."""
        return self._methods[path]

    def reaches(self, service: str) -> bool:
        """Whether the service is here, or there is a way to it."""
        return self._by_registry or service in self._local or service in self._addresses

    def stub(self, stub_class: Callable[[grpc.aio.Channel], S], tokens: TokenSource | None, *, at: str = "") -> S:
        """A stub that calls with those tokens, or as nobody.

        The service is the one whose contract the stub is of; `at` names another, for contracts that several serve.
        """
        finder = _PathFinder()
        stub_class(cast(grpc.aio.Channel, finder))
        method = self._methods[finder.path]
        service = at or self._homes[method.service]
        transport = self._transport(service)
        budget = self._budgets.get(service)
        gate = self._gate if budget is not None else None
        stack = client_stack(tracing=self._tracing, tokens=tokens, gate=gate, budget=budget)
        channel = Channel(self.method_at, transport, stack)
        return stub_class(cast(grpc.aio.Channel, channel))

    async def unready(self, service: str) -> str:
        """Why a service takes no calls now; empty where it does. Asks for its health where it runs elsewhere."""
        if service in self._local:
            return NOT_SERVING if self._leaving else ""
        transport = self._transport(service)
        if not isinstance(transport, SocketTransport):
            return NO_WAY
        return await transport.unready(self._contracts[service].full_name if service in self._contracts else "")

    def leave(self) -> None:
        """From here on tells whoever asks that no service of this process takes calls; those that come are taken."""
        self._leaving = True

    def connect(self) -> None:
        """Begins to connect to what stubs were made for, by the registry when that is reached: the first call is not to
        find that it has just gone away, which gRPC takes seconds to get over."""
        if self._gate is not None:
            self._gate.begin()

    async def close(self) -> None:
        """Ends all channels."""
        if self._gate is not None:
            await self._gate.close()
        for transport in self._transports.values():
            await transport.close()

    def _transport(self, service: str) -> Transport:
        if service not in self._transports:
            self._transports[service] = self._made(service)
        return self._transports[service]

    def _made(self, service: str) -> Transport:
        if service in self._local:
            return InProcessTransport(self.endpoints.__getitem__)
        if service in self._addresses:
            home = [method for method in self._methods.values() if self._homes.get(method.service) == service]
            return SocketTransport(self._addresses[service], home, service=service, security=self._security)
        if self._by_registry:
            self._budgets[service] = RetryBudget()
            if self._gate is None and REGISTRY in self._addresses:
                registry = self._transport(REGISTRY)
                self._gate = RegistryGate(self._connected) if isinstance(registry, SocketTransport) else None
            return SocketTransport(f"{XDS}{service}", (), service=service, security=self._security)
        return _Nowhere(service)

    async def _connected(self) -> None:
        """Returns when the registry was reached, and has the channels that find their way by it begin to connect."""
        registry = self._transports[REGISTRY]
        assert isinstance(registry, SocketTransport)
        await registry.reached()
        for service in self._budgets:
            found = self._transports[service]
            assert isinstance(found, SocketTransport)
            found.connect()


def registry_address(registries: str) -> dict[str, str]:
    """Where the registry is, as one address among those of other services; empty where none is listed.

    Of several listed ones gRPC takes the first that answers; they make one target by their IPs, all of one family.
    """
    if "," not in registries:
        return {REGISTRY: registries} if registries else {}
    parts = [parted(registry) for registry in registries.split(",")]
    found = [(ips_of(host)[0], port) for host, port in parts]
    version = found[0][0].version
    listed = ",".join(joined(str(ip), port) for ip, port in found if ip.version == version)
    return {REGISTRY: f"ipv{version}:{listed}"}


class _PathFinder:
    """Stands in for a channel to learn which service a stub is of: the first path that it asks for."""

    path = ""

    def _note(self, path: str, *_: Any, **__: Any) -> None:
        self.path = self.path or path

    unary_unary = unary_stream = stream_unary = stream_stream = _note


class _Nowhere:
    """A service to which there is no way."""

    def __init__(self, service: str) -> None:
        self._service = service

    def sender(self, method: Method) -> Send:
        async def send(request: Any, outgoing: Outgoing) -> Any:
            raise platform_error(
                "DEPENDENCY_UNAVAILABLE",
                f"the service {self._service} is {NO_WAY}",
            ).as_seen_by_client()

        return send

    async def close(self) -> None:
        """There is nothing to close."""
