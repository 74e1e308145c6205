"""The configuration of the edge as a file: what comes by discovery otherwise stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from envoy.config.bootstrap.v3.bootstrap_pb2 import Bootstrap
from envoy.config.cluster.v3.cluster_pb2 import Cluster
from envoy.config.endpoint.v3.endpoint_pb2 import ClusterLoadAssignment
from envoy.config.listener.v3.listener_pb2 import Listener
from envoy.config.route.v3.route_components_pb2 import Route
from envoy.config.route.v3.route_pb2 import RouteConfiguration
from envoy.extensions.filters.network.http_connection_manager.v3.http_connection_manager_pb2 import (
    HttpConnectionManager,
)
from google.protobuf.json_format import MessageToJson

from chassis.policy import methods
from chassis.service import Service
from chassis.settings import Settings
from services.catalogue import CATALOGUE
from services.registry.edge.connection_manager import TABLE
from services.registry.edge.node import EdgeNode
from services.registry.edge.policy import EdgePolicy
from services.registry.edge.view import Edge, EdgeView
from services.registry.mesh import Mesh
from services.registry.xds.resource import CLUSTER, LISTENER, ROUTES
from services.registry.xds.view import TargetView

LISTEN = "127.0.0.1:18080"


def view(
    node: EdgeNode | None = None, mesh: Mesh | None = None, catalogue: Sequence[Service] = CATALOGUE, **settings: Any
) -> EdgeView:
    """What an Envoy sees of the platform."""
    services = {service.name: tuple(methods(service.contract)) if service.contract else () for service in catalogue}
    contracts = [service.contract for service in catalogue if service.contract is not None]
    mesh = mesh or Mesh()
    edge = Edge(contracts, EdgePolicy.of(Settings.read(**settings)))
    return EdgeView(edge, mesh, services, TargetView(mesh, services, ()), node or EdgeNode(listen=LISTEN))


def table(view: EdgeView) -> RouteConfiguration:
    """Its routes."""
    return RouteConfiguration.FromString(view.resource(ROUTES, TABLE) or b"")


def every_route(view: EdgeView) -> Iterator[Route]:
    """Each of them."""
    for host in table(view).virtual_hosts:
        yield from host.routes


def managers(view: EdgeView) -> dict[str, HttpConnectionManager]:
    """The connection manager of each listener."""
    return {
        name: HttpConnectionManager.FromString(
            Listener.FromString(view.resource(LISTENER, name) or b"").filter_chains[0].filters[0].typed_config.value
        )
        for name in view.all(LISTENER)
    }


def as_file(view: EdgeView) -> str:
    """All of it as Envoy reads it from a file: with the routes in the listeners, and clusters without instances."""
    made = Bootstrap()
    for name, manager in managers(view).items():
        listener = Listener.FromString(view.resource(LISTENER, name) or b"")
        if manager.HasField("rds"):
            manager.route_config.CopyFrom(table(view))
        listener.filter_chains[0].filters[0].typed_config.Pack(manager)
        made.static_resources.listeners.append(listener)
    for name in view.all(CLUSTER):
        cluster = Cluster.FromString(view.resource(CLUSTER, name) or b"")
        cluster.ClearField("eds_cluster_config")
        cluster.type = Cluster.STATIC
        cluster.load_assignment.CopyFrom(ClusterLoadAssignment(cluster_name=name))
        made.static_resources.clusters.append(cluster)
    return MessageToJson(made)
