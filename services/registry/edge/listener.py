"""Where the edge listens."""

from __future__ import annotations

from urllib.parse import urlsplit

from envoy.config.core.v3.address_pb2 import Address, SocketAddress
from envoy.config.listener.v3.listener_components_pb2 import Filter, FilterChain
from envoy.config.listener.v3.listener_pb2 import Listener
from envoy.config.route.v3.route_components_pb2 import RedirectAction, Route, RouteMatch, VirtualHost
from envoy.config.route.v3.route_pb2 import RouteConfiguration
from envoy.extensions.filters.http.router.v3.router_pb2 import Router
from envoy.extensions.filters.network.http_connection_manager.v3.http_connection_manager_pb2 import (
    HttpConnectionManager,
    HttpFilter,
)
from google.protobuf.duration_pb2 import Duration
from google.protobuf.wrappers_pb2 import UInt32Value

from chassis.addresses import parted
from services.registry.edge.access_log import connection_log
from services.registry.edge.connection_manager import HEADERS_WITHIN, LARGEST_HEADERS
from services.registry.edge.node import EdgeNode
from services.registry.edge.tls import towards_callers
from services.registry.xds.resource import packed

BUFFERED = 256 * 1024
"""Bytes of one connection that are held at most while the other side reads slowly."""


def listener(manager: HttpConnectionManager, node: EdgeNode) -> Listener:
    """For all callers; by TLS where the node has a certificate for them."""
    made = _listener(node.listen, manager)
    made.access_log.append(connection_log(node.access_log))
    if node.edge_tls_dir:
        made.filter_chains[0].transport_socket.CopyFrom(towards_callers(node.edge_tls_dir))
        made.filter_chains[0].transport_socket_connect_timeout.CopyFrom(Duration(seconds=HEADERS_WITHIN))
    return made


def redirecting_listener(node: EdgeNode, public_url: str) -> Listener:
    """Sends whoever comes by plain HTTP to https, whatever is asked for, and takes nothing else. Where to is what the
    public address says if that is one of https; else the host that the caller said, at the port of the edge."""
    url = urlsplit(public_url)
    host, port = url.netloc.removesuffix(f":{url.port}"), url.port or 0
    if url.scheme != "https":
        host, (_, port) = "", parted(node.listen)
    redirect = RedirectAction(
        https_redirect=True,
        host_redirect=host,
        port_redirect=port,
        response_code=RedirectAction.PERMANENT_REDIRECT,
    )
    every = Route(match=RouteMatch(prefix="/"), redirect=redirect)
    manager = HttpConnectionManager(
        stat_prefix="redirect",
        route_config=RouteConfiguration(
            name="redirect", virtual_hosts=[VirtualHost(name="redirect", domains=["*"], routes=[every])]
        ),
        http_filters=[HttpFilter(name="envoy.filters.http.router", typed_config=packed(Router()))],
        max_request_headers_kb=UInt32Value(value=LARGEST_HEADERS),
        request_headers_timeout=Duration(seconds=HEADERS_WITHIN),
        stream_idle_timeout=Duration(seconds=HEADERS_WITHIN),
        server_header_transformation=HttpConnectionManager.PASS_THROUGH,
    )
    return _listener(node.redirect, manager)


def _listener(address: str, manager: HttpConnectionManager) -> Listener:
    host, port = parted(address)
    http = Filter(name="envoy.filters.network.http_connection_manager", typed_config=packed(manager))
    return Listener(
        name=address,
        address=Address(socket_address=SocketAddress(address=host, port_value=port)),
        filter_chains=[FilterChain(filters=[http])],
        per_connection_buffer_limit_bytes=UInt32Value(value=BUFFERED),
    )
