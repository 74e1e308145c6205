"""Endpoints: where the instances of a cluster listen."""

from __future__ import annotations

from envoy.config.core.v3.address_pb2 import Address, SocketAddress
from envoy.config.core.v3.base_pb2 import Locality
from envoy.config.endpoint.v3.endpoint_components_pb2 import Endpoint, LbEndpoint, LocalityLbEndpoints
from envoy.config.endpoint.v3.endpoint_pb2 import ClusterLoadAssignment
from google.protobuf.wrappers_pb2 import UInt32Value

from chassis.addresses import parted
from services.registry.mesh import Mesh


def endpoints(mesh: Mesh, cluster: str) -> ClusterLoadAssignment:
    """The addresses of a cluster, each once: gRPC refuses the whole where two endpoints are the same, as they are
    for a moment when a process comes back on its port. None for a cluster that has no instance."""
    addresses = dict.fromkeys(instance.address for instance in mesh.members(cluster))
    locality = LocalityLbEndpoints(
        locality=Locality(),
        lb_endpoints=[_endpoint(address) for address in addresses],
        load_balancing_weight=UInt32Value(value=1),
    )
    return ClusterLoadAssignment(cluster_name=cluster, endpoints=[locality] if addresses else [])


def _endpoint(address: str) -> LbEndpoint:
    host, port = parted(address)
    socket = SocketAddress(address=host, port_value=port)
    return LbEndpoint(endpoint=Endpoint(address=Address(socket_address=socket)))
