"""What an Envoy has to know before it asks the registry for the rest: where the registry is, and what it is itself."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from envoy.config.bootstrap.v3.bootstrap_pb2 import (
    Admin,
    Bootstrap,
    LayeredRuntime,
    RuntimeLayer,
)
from envoy.config.cluster.v3.cluster_pb2 import Cluster
from envoy.config.core.v3.address_pb2 import Address, Pipe, SocketAddress
from envoy.config.core.v3.base_pb2 import Node
from envoy.config.core.v3.config_source_pb2 import ApiConfigSource, ApiVersion
from envoy.config.core.v3.grpc_service_pb2 import GrpcService
from envoy.config.core.v3.protocol_pb2 import Http2ProtocolOptions, KeepaliveSettings
from envoy.config.endpoint.v3.endpoint_components_pb2 import Endpoint, LbEndpoint, LocalityLbEndpoints
from envoy.config.endpoint.v3.endpoint_pb2 import ClusterLoadAssignment
from envoy.extensions.upstreams.http.v3.http_protocol_options_pb2 import HttpProtocolOptions
from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import MessageToJson
from google.protobuf.struct_pb2 import Struct

from chassis.addresses import parted
from clients.cli.edge.overload import overload_manager
from services.registry.edge.tls import towards_service
from services.registry.xds.resource import over_ads, packed

REGISTRY = "registry"
"""The name of the service that the rest comes from; its certificate is for that name."""

CLUSTER = "control-plane"
"""What Envoy calls it. Not `registry`, which is a cluster of the mesh: calls from outside go there, configuration
does not."""

AccessLog = Literal["text", "json"]


def bootstrap(
    *,
    registries: str,
    listen: str,
    admin: Path,
    node_id: str = "edge",
    redirect: str = "",
    tls_dir: Path | None = None,
    edge_tls_dir: Path | None = None,
    access_log: AccessLog = "text",
    max_connections: int = 10_000,
    max_heap_bytes: int = 1024**3,
) -> str:
    """The bootstrap as JSON, for a file that Envoy is started with (`--config-path`).

    Args:
        registries: Where registries listen: `host:port`, or several with commas between.
        listen: The address at which the edge is found: `127.0.0.1:8080`. With port 0 the listener gets none.
        admin: The Unix socket of Envoy's admin interface, which nobody but the owner may open.
        node_id: How the registry knows this Envoy.
        redirect: Where a listener sends plain HTTP to https; empty for none.
        tls_dir: The directory with `ca.crt`, `tls.crt` and `tls.key` by which the registry and the services are called;
            plain without it.
        edge_tls_dir: The directory with the `tls.crt` and `tls.key` that callers see; plain HTTP without it.
        access_log: The form of what is logged, of calls as of Envoy itself: lines to read, or JSON.
        max_connections: Connections from callers at most; further ones are closed at once.
        max_heap_bytes: Where memory comes to 95 % of so many bytes, no further requests are taken; 0 is no such bound.
    """
    registry = _registry(registries.split(","), tls_dir)
    made = Bootstrap(
        node=_node(node_id, listen, redirect, tls_dir, edge_tls_dir, access_log),
        admin=Admin(address=Address(pipe=Pipe(path=str(admin.absolute()), mode=0o600)), ignore_global_conn_limit=True),
        overload_manager=overload_manager(max_connections, max_heap_bytes),
        layered_runtime=LayeredRuntime(layers=[RuntimeLayer(name="admin", admin_layer=RuntimeLayer.AdminLayer())]),
    )
    made.static_resources.clusters.append(registry)
    made.dynamic_resources.ads_config.CopyFrom(_ads())
    made.dynamic_resources.cds_config.CopyFrom(over_ads())
    made.dynamic_resources.lds_config.CopyFrom(over_ads())
    if access_log == "json":
        made.application_log_config.log_format.json_format.update(
            {"timestamp": "%Y-%m-%dT%T.%FZ", "level": "%l", "logger": "envoy.%n", "event": "%j"}
        )
    return MessageToJson(made, preserving_proto_field_name=True)


def _node(
    node_id: str, listen: str, redirect: str, tls_dir: Path | None, edge_tls_dir: Path | None, access_log: AccessLog
) -> Node:
    """What the registry makes the configuration for (see `services.registry.edge.node`)."""
    metadata = Struct()
    metadata.update(
        {
            "listen": listen,
            "redirect": redirect,
            "tls_dir": _absolute(tls_dir),
            "edge_tls_dir": _absolute(edge_tls_dir),
            "access_log": access_log,
        }
    )
    return Node(id=node_id, cluster="edge", metadata=metadata)


def _absolute(directory: Path | None) -> str:
    return str(directory.absolute()) if directory is not None else ""


def _ads() -> ApiConfigSource:
    return ApiConfigSource(
        api_type=ApiConfigSource.GRPC,
        transport_api_version=ApiVersion.V3,
        grpc_services=[GrpcService(envoy_grpc=GrpcService.EnvoyGrpc(cluster_name=CLUSTER))],
        set_node_on_first_message_only=True,
    )


def _registry(addresses: Sequence[str], tls_dir: Path | None) -> Cluster:
    """HTTP/2, with pings, so that a registry that is gone without a word is noticed and the next one asked."""
    options = HttpProtocolOptions(
        explicit_http_config=HttpProtocolOptions.ExplicitHttpConfig(
            http2_protocol_options=Http2ProtocolOptions(
                connection_keepalive=KeepaliveSettings(interval=Duration(seconds=30), timeout=Duration(seconds=10))
            )
        )
    )
    made = Cluster(
        name=CLUSTER,
        type=Cluster.STATIC if all(map(_is_ip, addresses)) else Cluster.STRICT_DNS,
        connect_timeout=Duration(seconds=1),
        load_assignment=ClusterLoadAssignment(
            cluster_name=CLUSTER, endpoints=[LocalityLbEndpoints(lb_endpoints=map(_endpoint, addresses))]
        ),
    )
    made.typed_extension_protocol_options["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"].CopyFrom(
        packed(options)
    )
    if tls_dir is not None:
        made.transport_socket.CopyFrom(towards_service(str(tls_dir.absolute()), REGISTRY, "h2"))
    return made


def _is_ip(address: str) -> bool:
    try:
        ip_address(parted(address)[0])
    except ValueError:
        return False
    return True


def _endpoint(address: str) -> LbEndpoint:
    host, port = parted(address)
    socket = SocketAddress(address=host, port_value=port)
    return LbEndpoint(endpoint=Endpoint(address=Address(socket_address=socket)))
