"""The service that answers what is no call of a method: pages, OAuth 2, WebSocket. It speaks HTTP/1.1."""

from __future__ import annotations

from envoy.config.core.v3.protocol_pb2 import Http1ProtocolOptions
from envoy.config.core.v3.protocol_pb2 import HttpProtocolOptions as CommonOptions
from envoy.extensions.upstreams.http.v3.http_protocol_options_pb2 import HttpProtocolOptions
from google.protobuf.duration_pb2 import Duration

WEB = "web"
"""The name of the service, and of its cluster."""

UNUSED = 30
"""Seconds after which a connection without a request is closed: sooner than by the server (`chassis.http.server`),
which may close one as a request is on its way."""


def http1() -> HttpProtocolOptions:
    """What Envoy speaks with it."""
    explicit = HttpProtocolOptions.ExplicitHttpConfig(http_protocol_options=Http1ProtocolOptions())
    return HttpProtocolOptions(
        explicit_http_config=explicit,
        common_http_protocol_options=CommonOptions(idle_timeout=Duration(seconds=UNUSED)),
    )
