"""What a kind of client sees of the mesh: its resources, by type and name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from envoy.config.route.v3.route_pb2 import RouteConfiguration
from google.protobuf.message import Message

from chassis.policy import Method
from services.registry.mesh import Mesh
from services.registry.xds.clusters import EJECTION, Ejection, cluster
from services.registry.xds.endpoints import endpoints
from services.registry.xds.listeners import target_listener
from services.registry.xds.resource import CLUSTER, ENDPOINTS, LISTENER, ROUTES, Resource, serialised
from services.registry.xds.routes import GRPC, method_routes, other_route, routes, untaken_route

Methods = Mapping[str, Sequence[Method]]
"""The methods of each service's contract, by the service's name."""


class View(Protocol):
    """The mesh at one moment, for one kind of client."""

    def resource(self, type_url: str, name: str) -> Resource | None:
        """The resource; None where there is none of that name."""

    def all(self, type_url: str) -> Iterable[str]:
        """The names of all resources of a type, for a client that does not say which it wants."""

    def deserted(self, cluster: str) -> bool:
        """Whether the cluster has no instance."""


class TargetView:
    """For gRPC clients: `xds:///service` leads to the service, each client asking for what it calls.

    There is a resource of whatever name is asked for, since a client gives up on one that it gets no answer about only
    after 15 seconds. A service that is not known has routes that match nothing; one without instances has no endpoints.

    Args:
        sink: The methods that every service has beside those of its contract.
        ejection: When instances are left out that fail.
    """

    def __init__(self, mesh: Mesh, services: Methods, sink: Sequence[Method], ejection: Ejection = EJECTION) -> None:
        self._mesh = mesh
        self.ejection = ejection
        self._services = services
        self._sink = sink
        self._known = frozenset(every_cluster(mesh, services))
        self._made: dict[tuple[str, str], Resource] = {}
        self._makers: dict[str, Callable[[str], Message]] = {
            LISTENER: target_listener,
            ROUTES: self._routes,
            CLUSTER: lambda name: cluster(mesh, name, ejection),
            ENDPOINTS: lambda name: endpoints(mesh, name),
        }

    def resource(self, type_url: str, name: str) -> Resource:
        """The resource, made once for all clients that ask for it; a name of a client's own is not kept."""
        made = self._made.get((type_url, name))
        if made is None:
            made = serialised(self._makers[type_url](name))
            if name in self._known:
                self._made[type_url, name] = made
        return made

    def all(self, type_url: str) -> Iterable[str]:
        return self._services if type_url == LISTENER else every_cluster(self._mesh, self._services)

    def deserted(self, cluster: str) -> bool:
        return not any(self._mesh.members(cluster))

    def _routes(self, service: str) -> RouteConfiguration:
        if service not in self._services:
            return routes(service, [])
        called = [*self._services[service], *self._sink]
        by_method = [route for method in called for route in method_routes(self._mesh, service, method, GRPC)]
        entries = [*by_method, other_route(self._mesh, service)]
        if is_split_or_may_be(self._mesh, service):
            entries.append(untaken_route(every_cluster(self._mesh, [service])))
        return routes(service, entries)


def is_split_or_may_be(mesh: Mesh, service: str) -> bool:
    """Whether there is a choice of clusters: a split, or variants to split the calls between."""
    return service in mesh.traffic or len({instance.variant for instance in mesh.of(service)}) > 1


def every_cluster(mesh: Mesh, services: Iterable[str]) -> list[str]:
    """All clusters that calls go to, or may go to after the next change: of each service all instances, those of each
    variant, and those of the rest. So a client has them before the routes lead there."""
    names = []
    for service in services:
        split = mesh.traffic.get(service)
        variants = {instance.variant for instance in mesh.of(service)} | (split.shares.keys() if split else set())
        names += [service, *(f"{service}/{variant}" for variant in ["-", *sorted(variants)])]
    return names
