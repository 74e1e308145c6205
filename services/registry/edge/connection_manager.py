"""The HTTP connection manager: the filters that every request passes, in their order, and the limits of one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from envoy.config.core.v3.address_pb2 import CidrRange
from envoy.config.core.v3.extension_pb2 import TypedExtensionConfig
from envoy.config.core.v3.protocol_pb2 import (
    Http1ProtocolOptions,
    Http2ProtocolOptions,
    HttpProtocolOptions,
    KeepaliveSettings,
)
from envoy.extensions.filters.http.buffer.v3.buffer_pb2 import Buffer
from envoy.extensions.filters.http.cors.v3.cors_pb2 import Cors
from envoy.extensions.filters.http.fault.v3.fault_pb2 import HTTPFault
from envoy.extensions.filters.http.grpc_web.v3.grpc_web_pb2 import GrpcWeb
from envoy.extensions.filters.http.router.v3.router_pb2 import Router
from envoy.extensions.filters.network.http_connection_manager.v3.http_connection_manager_pb2 import (
    HttpConnectionManager,
    HttpFilter,
    Rds,
)
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import BoolValue, UInt32Value

from services.registry.edge.access_log import request_log
from services.registry.edge.cors import CORS
from services.registry.edge.headers import EARLY, HEADERS, response_headers, stripped
from services.registry.edge.local_replies import local_replies
from services.registry.edge.node import EdgeNode
from services.registry.edge.policy import EdgePolicy
from services.registry.edge.rate_limits import EVERYTHING, RATE_LIMITS, everything, rate_limits
from services.registry.edge.tokens import TOKENS, token_filter
from services.registry.edge.transcoder import TRANSCODER, transcoder
from services.registry.xds.listeners import FAULT_FILTER
from services.registry.xds.resource import over_ads, packed

TABLE = "edge"
"""The name of the table of routes."""

BUFFER = "envoy.filters.http.buffer"
WEBSOCKET = "websocket"

LARGEST_HEADERS = 32
"""KiB of all headers of one request together."""

MOST_HEADERS = 100
MOST_STREAMS = 128
"""Requests at a time on one connection of HTTP/2."""

HEADERS_WITHIN = 10
"""Seconds in which the headers of a request are to arrive."""

QUIET = 60
"""Seconds that a request may go without a byte either way, unless its route says that it may be quiet."""

UNUSED = 300
"""Seconds after which a connection without a request is closed."""

NOBODY = CidrRange(address_prefix="255.255.255.255", prefix_len=UInt32Value(value=32))
"""No caller has this address. Where Envoy is told of none whose `x-envoy-` headers it may trust, it trusts all private
ones."""

_Manager = HttpConnectionManager


def connection_manager(
    contracts: Iterable[ServiceDescriptor], policy: EdgePolicy, node: EdgeNode
) -> HttpConnectionManager:
    """For one listener for callers; its routes come by themselves, as they change with the mesh."""
    tls = bool(node.edge_tls_dir)
    return _Manager(
        stat_prefix="edge",
        rds=Rds(config_source=over_ads(), route_config_name=TABLE),
        http_filters=_listed(_filters(list(contracts), policy, tls=tls)),
        upgrade_configs=[
            _Manager.UpgradeConfig(
                upgrade_type=WEBSOCKET,
                enabled=BoolValue(value=False),
                filters=_listed(_upgrade_filters(policy, tls=tls)),
            )
        ],
        common_http_protocol_options=HttpProtocolOptions(
            idle_timeout=Duration(seconds=UNUSED),
            max_headers_count=UInt32Value(value=MOST_HEADERS),
            headers_with_underscores_action=HttpProtocolOptions.REJECT_REQUEST,
        ),
        http_protocol_options=Http1ProtocolOptions(),
        http2_protocol_options=Http2ProtocolOptions(
            max_concurrent_streams=UInt32Value(value=MOST_STREAMS),
            initial_stream_window_size=UInt32Value(value=64 * 1024),
            initial_connection_window_size=UInt32Value(value=1024 * 1024),
            connection_keepalive=KeepaliveSettings(interval=Duration(seconds=30), timeout=Duration(seconds=10)),
        ),
        max_request_headers_kb=UInt32Value(value=LARGEST_HEADERS),
        request_headers_timeout=Duration(seconds=HEADERS_WITHIN),
        stream_idle_timeout=Duration(seconds=QUIET),
        use_remote_address=BoolValue(value=True),
        internal_address_config=_Manager.InternalAddressConfig(cidr_ranges=[NOBODY]),
        early_header_mutation_extensions=[TypedExtensionConfig(name=EARLY, typed_config=packed(stripped()))],
        normalize_path=BoolValue(value=True),
        merge_slashes=True,
        path_with_escaped_slashes_action=_Manager.REJECT_REQUEST,
        server_header_transformation=_Manager.PASS_THROUGH,
        generate_request_id=BoolValue(value=False),
        local_reply_config=local_replies(tls=tls),
        access_log=[request_log(node.access_log)],
    )


def buffer(policy: EdgePolicy) -> Buffer:
    """How much of a body is held."""
    return Buffer(max_request_bytes=UInt32Value(value=policy.max_body_bytes))


def _filters(contracts: list[ServiceDescriptor], policy: EdgePolicy, *, tls: bool) -> Iterator[tuple[str, Message]]:
    """What is REST or gRPC-Web is made gRPC before anybody asks for a token: so a method has one route, and what that
    says of tokens counts for all three."""
    yield HEADERS, response_headers(tls=tls, by_origin=bool(policy.origins))
    yield CORS, Cors()
    yield "envoy.filters.http.grpc_web", GrpcWeb()
    yield EVERYTHING, everything(policy)
    yield BUFFER, buffer(policy)
    yield TRANSCODER, transcoder(contracts)
    yield TOKENS, token_filter(policy)
    yield RATE_LIMITS, rate_limits(policy)
    yield FAULT_FILTER, HTTPFault()
    yield "envoy.filters.http.router", Router(suppress_envoy_headers=True)


def _upgrade_filters(policy: EdgePolicy, *, tls: bool) -> Iterator[tuple[str, Message]]:
    """Of a WebSocket, nothing but the token is looked at."""
    yield HEADERS, response_headers(tls=tls)
    yield EVERYTHING, everything(policy)
    yield TOKENS, token_filter(policy, upgrade=True)
    yield RATE_LIMITS, rate_limits(policy)
    yield "envoy.filters.http.router", Router(suppress_envoy_headers=True)


def _listed(filters: Iterator[tuple[str, Message]]) -> list[HttpFilter]:
    """Only the routes that ask for it hold bodies: what has no route is answered at once."""
    return [HttpFilter(name=name, typed_config=packed(config), disabled=name == BUFFER) for name, config in filters]
