"""The mesh as the edge sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from envoy.config.cluster.v3.cluster_pb2 import Cluster
from google.protobuf.descriptor import ServiceDescriptor

from services.registry.edge.connection_manager import TABLE, connection_manager
from services.registry.edge.listener import listener, redirecting_listener
from services.registry.edge.node import EdgeNode
from services.registry.edge.policy import EdgePolicy
from services.registry.edge.routes import table
from services.registry.edge.tls import towards_service
from services.registry.edge.web import WEB, http1
from services.registry.mesh import Mesh
from services.registry.xds.clusters import HTTP_OPTIONS, cluster
from services.registry.xds.resource import CLUSTER, ENDPOINTS, LISTENER, ROUTES, Resource, packed, serialised
from services.registry.xds.view import Methods, TargetView, every_cluster

MOST_NODES = 16
"""Envoys whose listeners are kept."""


class Edge:
    """What does not change with the mesh, made once for each Envoy: its listeners, with the descriptors of all
    contracts in them.

    Args:
        contracts: Those of all services.
        policy: What the settings say.
    """

    def __init__(self, contracts: Sequence[ServiceDescriptor], policy: EdgePolicy) -> None:
        self.policy = policy
        self._contracts = contracts
        self.listeners = lru_cache(MOST_NODES)(self._listeners)

    def _listeners(self, node: EdgeNode) -> dict[str, Resource]:
        made: dict[str, Resource] = {}
        if node.listen:
            manager = connection_manager(self._contracts, self.policy, node)
            made[node.listen] = serialised(listener(manager, node))
        if node.listen and node.redirect and node.edge_tls_dir:
            made[node.redirect] = serialised(redirecting_listener(node, self.policy.public_url))
        return made


class EdgeView:
    """For one Envoy, at one moment: its listeners, the routes, and all clusters.

    Args:
        targets: What gRPC clients see of the same mesh; the endpoints are the same.
    """

    def __init__(self, edge: Edge, mesh: Mesh, services: Methods, targets: TargetView, node: EdgeNode) -> None:
        self._edge = edge
        self._mesh = mesh
        self._services = services
        self._targets = targets
        self._node = node
        self._made: dict[tuple[str, str], Resource] = {}

    def resource(self, type_url: str, name: str) -> Resource | None:
        if type_url == LISTENER:
            return self._edge.listeners(self._node).get(name)
        if type_url == ENDPOINTS:
            return self._targets.resource(type_url, name)
        if name not in self.all(type_url):
            return None
        made = self._made.get((type_url, name))
        if made is None:
            made = self._made[type_url, name] = serialised(
                table(self._mesh, self._services, self._edge.policy) if type_url == ROUTES else self._cluster(name)
            )
        return made

    def all(self, type_url: str) -> Iterable[str]:
        return {
            LISTENER: self._edge.listeners(self._node),
            ROUTES: [TABLE],
            CLUSTER: every_cluster(self._mesh, self._services),
            ENDPOINTS: (),
        }[type_url]

    def deserted(self, cluster: str) -> bool:
        return self._targets.deserted(cluster)

    def _cluster(self, name: str) -> Cluster:
        """As gRPC clients have it, but for what those bring along by themselves: the protocol, and credentials."""
        made = cluster(self._mesh, name, self._targets.ejection)
        service = name.partition("/")[0]
        if service == WEB:
            made.typed_extension_protocol_options[HTTP_OPTIONS].CopyFrom(packed(http1()))
        if self._edge.policy.tls:
            protocol = "http/1.1" if service == WEB else "h2"
            made.transport_socket.CopyFrom(towards_service(self._node.tls_dir, service, protocol))
        return made
