"""Access tokens at the edge: who needs one, and which are good. Services check them again by themselves."""

from __future__ import annotations

from envoy.config.core.v3.http_uri_pb2 import HttpUri
from envoy.extensions.filters.http.jwt_authn.v3.config_pb2 import (
    JwksAsyncFetch,
    JwtAuthentication,
    JwtCacheConfig,
    JwtClaimToHeader,
    JwtHeader,
    JwtProvider,
    JwtRequirement,
    JwtRequirementOrList,
    PerRouteConfig,
    RemoteJwks,
)
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty

from services.registry.edge.policy import EdgePolicy
from services.registry.edge.web import WEB
from services.registry.xds.resource import packed

TOKENS = "envoy.filters.http.jwt_authn"

OPTIONAL = "optional"
"""No token is needed; one that comes has to be good."""

NEEDED = "needed"

SUBJECT = "x-innkeeper-subject"
"""A header that says, within Envoy alone, whom a good token speaks for."""

KEYS = "/.well-known/jwks.json"
KEYS_FRESH = 60
"""Seconds after which the keys are asked for again."""

SUBPROTOCOL = "bearer."
"""How an entry of `Sec-WebSocket-Protocol` begins that is a token: browsers cannot set `Authorization`."""

_PROVIDER = "innkeeper"


def token_filter(policy: EdgePolicy, *, upgrade: bool = False) -> JwtAuthentication:
    """Checks the token in `Authorization: Bearer …`, and nowhere else; of an upgrade to WebSocket also one in
    `Sec-WebSocket-Protocol`. Whether one is needed says the route (see `required`)."""
    headers = [JwtHeader(name="authorization", value_prefix=prefix) for prefix in ("Bearer ", "bearer ")]
    if upgrade:
        headers.append(JwtHeader(name="sec-websocket-protocol", value_prefix=SUBPROTOCOL))
    good = JwtRequirement(provider_name=_PROVIDER)
    missing = JwtRequirement(allow_missing=Empty())
    return JwtAuthentication(
        providers={_PROVIDER: _provider(policy, headers)},
        requirement_map={
            NEEDED: good,
            OPTIONAL: JwtRequirement(requires_any=JwtRequirementOrList(requirements=[good, missing])),
        },
    )


def required(name: str) -> Packed:
    """What a route says of the tokens of its calls: `OPTIONAL` or `NEEDED`."""
    return packed(PerRouteConfig(requirement_name=name))


def _provider(policy: EdgePolicy, headers: list[JwtHeader]) -> JwtProvider:
    """The keys come from where all the world finds them, before the first call; they are asked for in between, so that
    no call waits for them."""
    return JwtProvider(
        issuer=policy.public_url,
        audiences=[policy.audience],
        require_expiration=True,
        clock_skew_seconds=1,
        remote_jwks=RemoteJwks(
            http_uri=HttpUri(uri=f"http://{WEB}{KEYS}", cluster=WEB, timeout=Duration(seconds=5)),
            cache_duration=Duration(seconds=KEYS_FRESH),
            async_fetch=JwksAsyncFetch(failed_refetch_duration=Duration(seconds=1)),
        ),
        from_headers=headers,
        forward=True,
        claim_to_headers=[JwtClaimToHeader(header_name=SUBJECT, claim_name="sub")],
        jwt_cache_config=JwtCacheConfig(jwt_cache_size=10_000),
    )
