"""Which pages in a browser may call (CORS, https://fetch.spec.whatwg.org)."""

from __future__ import annotations

from envoy.extensions.filters.http.cors.v3.cors_pb2 import CorsPolicy
from envoy.type.matcher.v3.regex_pb2 import RegexMatcher
from envoy.type.matcher.v3.string_pb2 import StringMatcher
from google.protobuf.wrappers_pb2 import BoolValue

from services.registry.edge.policy import EdgePolicy

CORS = "envoy.filters.http.cors"

ANY = "*"

SENT = (
    "authorization",
    "content-type",
    "grpc-timeout",
    "idempotency-key",
    "traceparent",
    "tracestate",
    "x-grpc-web",
    "x-user-agent",
)
READ = (
    "etag",
    "grpc-message",
    "grpc-status",
    "grpc-status-details-bin",
    "retry-after",
    "www-authenticate",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
)
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


def cors(policy: EdgePolicy) -> CorsPolicy:
    """Pages of the origins in the settings, and no others. No cookies: callers say who they are by a token."""
    return CorsPolicy(
        allow_origin_string_match=[_origin(origin) for origin in policy.origins],
        allow_methods=", ".join(METHODS),
        allow_headers=", ".join(SENT),
        expose_headers=", ".join(READ),
        max_age="600",
        allow_credentials=BoolValue(value=False),
        forward_not_matching_preflights=BoolValue(value=False),
    )


def _origin(origin: str) -> StringMatcher:
    return StringMatcher(safe_regex=RegexMatcher(regex=".*")) if origin == ANY else StringMatcher(exact=origin)
