"""The mesh as Envoy sees it: sockets to listen on, and one table of routes to all services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from envoy.config.cluster.v3.cluster_pb2 import Cluster
from envoy.config.core.v3.base_pb2 import DataSource, Node, TransportSocket
from envoy.config.route.v3.route_components_pb2 import Route
from envoy.config.route.v3.route_pb2 import RouteConfiguration
from envoy.extensions.transport_sockets.tls.v3.common_pb2 import (
    CertificateValidationContext,
    SubjectAltNameMatcher,
    TlsCertificate,
)
from envoy.extensions.transport_sockets.tls.v3.tls_pb2 import CommonTlsContext, UpstreamTlsContext
from envoy.type.matcher.v3.string_pb2 import StringMatcher

from chassis.addresses import parted
from services.registry.mesh import Mesh
from services.registry.xds.clusters import cluster
from services.registry.xds.listeners import socket_listener
from services.registry.xds.resource import CLUSTER, ENDPOINTS, LISTENER, ROUTES, Resource, packed, serialised
from services.registry.xds.routes import ENVOY, method_routes, other_route, routes
from services.registry.xds.view import Methods, TargetView, every_cluster

TABLE = "innkeeper"
"""The name of the table of routes."""


MOST_LISTENERS = 16
"""Addresses that one Envoy may be given a listener for."""


@dataclass(frozen=True, slots=True)
class EnvoyNode:
    """What an Envoy says of itself in the metadata of its node: `listen`, an address or a list of them, and `tls_dir`,
    the directory on its machine with `tls.crt`, `tls.key` and `ca.crt`."""

    listen: tuple[str, ...]
    tls_dir: str

    @classmethod
    def of(cls, node: Node) -> EnvoyNode | None:
        """What the node says; None where it is no Envoy. An address that is not one counts as not said."""
        if node.user_agent_name != "envoy":
            return None
        listen = node.metadata.fields["listen"]
        said = [listen.string_value, *(value.string_value for value in listen.list_value.values)]
        addresses = [address for address in said if _can_be_listened_on(address)]
        return cls(tuple(addresses[:MOST_LISTENERS]), node.metadata.fields["tls_dir"].string_value)


class EnvoyView:
    """For one Envoy: its listeners, the routes, and all clusters.

    Args:
        targets: What gRPC clients see of the same mesh; the endpoints are the same.
        tls: Whether services are called by mutual TLS.
    """

    def __init__(self, mesh: Mesh, services: Methods, targets: TargetView, node: EnvoyNode, *, tls: bool) -> None:
        self._mesh = mesh
        self._services = services
        self._targets = targets
        self._node = node
        self._tls = tls

    def resource(self, type_url: str, name: str) -> Resource | None:
        if type_url == LISTENER:
            return serialised(socket_listener(name, TABLE)) if name in self._node.listen else None
        if type_url == ROUTES:
            return serialised(self._routes()) if name == TABLE else None
        if type_url == CLUSTER and self._tls:
            return serialised(self._by_tls(cluster(self._mesh, name, self._targets.ejection)))
        return self._targets.resource(type_url, name)

    def all(self, type_url: str) -> Iterable[str]:
        return {
            LISTENER: self._node.listen,
            ROUTES: [TABLE],
            CLUSTER: every_cluster(self._mesh, self._services),
            ENDPOINTS: (),
        }[type_url]

    def deserted(self, cluster: str) -> bool:
        return self._targets.deserted(cluster)

    def _routes(self) -> RouteConfiguration:
        entries: list[Route] = []
        for service, called in self._services.items():
            for method in called:
                entries += method_routes(self._mesh, service, method, ENVOY)
            contracts = dict.fromkeys(method.service for method in called)
            entries += [other_route(self._mesh, service, prefix=f"/{contract}/") for contract in contracts]
        return routes(TABLE, entries)

    def _by_tls(self, plain: Cluster) -> Cluster:
        """A service's certificate is for its name. gRPC clients need none of this: they bring their own credentials."""
        service, directory = plain.name.partition("/")[0], self._node.tls_dir
        context = CommonTlsContext(
            tls_certificates=[
                TlsCertificate(
                    certificate_chain=DataSource(filename=f"{directory}/tls.crt"),
                    private_key=DataSource(filename=f"{directory}/tls.key"),
                )
            ],
            validation_context=CertificateValidationContext(
                trusted_ca=DataSource(filename=f"{directory}/ca.crt"),
                match_typed_subject_alt_names=[
                    SubjectAltNameMatcher(san_type=SubjectAltNameMatcher.DNS, matcher=StringMatcher(exact=service))
                ],
            ),
            alpn_protocols=["h2"],
        )
        upstream = UpstreamTlsContext(common_tls_context=context, sni=service)
        plain.transport_socket.CopyFrom(
            TransportSocket(name="envoy.transport_sockets.tls", typed_config=packed(upstream))
        )
        return plain


def _can_be_listened_on(address: str) -> bool:
    try:
        host, port = parted(address)
    except ValueError:
        return False
    return bool(host) and 0 < port < 65_536
