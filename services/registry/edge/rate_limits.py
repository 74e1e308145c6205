"""How many requests one client, and one address, may make."""

from __future__ import annotations

from envoy.config.core.v3.base_pb2 import HeaderValue, HeaderValueOption, RuntimeFractionalPercent
from envoy.config.route.v3.route_components_pb2 import HeaderMatcher, RateLimit
from envoy.extensions.common.ratelimit.v3.ratelimit_pb2 import (
    DRAFT_VERSION_03,
    OFF,
    LocalRateLimitDescriptor,
    RateLimitDescriptor,
    XRateLimitHeadersRFCVersion,
)
from envoy.extensions.filters.http.local_ratelimit.v3.local_rate_limit_pb2 import LocalRateLimit
from envoy.type.v3.percent_pb2 import FractionalPercent
from envoy.type.v3.token_bucket_pb2 import TokenBucket
from google.protobuf.duration_pb2 import Duration
from google.protobuf.wrappers_pb2 import BoolValue, UInt32Value

from services.registry.edge.policy import EdgePolicy
from services.registry.edge.tokens import SUBJECT

RATE_LIMITS = "envoy.filters.http.local_ratelimit"
EVERYTHING = "envoy.filters.http.local_ratelimit.everything"
"""The name of the filter that counts what comes from an address, good or not."""

RETRY_AFTER = 1
"""Seconds after which there is more to have: buckets are filled up once a second."""

BURST = 2
"""Seconds' worth of requests that may come at once."""

SHARED = 10
"""How many times as much as without a token an address may send in all: many with a token may share one, as behind the
router of a company, and what is refused before its caller is known is to be bounded as well."""

REMEMBERED = 20_000
"""Clients and addresses that are counted at a time; further ones take the place of those that were quiet longest."""

_Action = RateLimit.Action
_Match = RateLimit.Action.HeaderValueMatch
_Entry = RateLimitDescriptor.Entry


def rate_limits(policy: EdgePolicy) -> LocalRateLimit:
    """Each client has so many requests a second, by the subject of its token, wherever it calls from; requests without
    a token are counted by the address that they come from."""
    client = [
        _Action(
            request_headers=_Action.RequestHeaders(header_name=SUBJECT, descriptor_key="client", skip_if_absent=True)
        )
    ]
    nobody = _Match(
        descriptor_key="token",
        descriptor_value="none",
        expect_match=BoolValue(value=False),
        headers=[HeaderMatcher(name=SUBJECT, present_match=True)],
    )
    address = [_Action(header_value_match=nobody), _Action(remote_address=_Action.RemoteAddress())]
    return _limit(
        "edge",
        [RateLimit(actions=client), RateLimit(actions=address)],
        [
            LocalRateLimitDescriptor(entries=[_Entry(key="client")], token_bucket=_bucket(policy.client_rate)),
            LocalRateLimitDescriptor(
                entries=[_Entry(key="token", value="none"), _Entry(key="remote_address")],
                token_bucket=_bucket(policy.address_rate),
            ),
        ],
        DRAFT_VERSION_03,
    )


def everything(policy: EdgePolicy) -> LocalRateLimit:
    """Each address has so many requests a second, whatever they are: also those with a bad token, and those that cannot
    be read. To stand before whatever refuses these. It tells nobody how much is left, as the other one does so."""
    return _limit(
        "edge_everything",
        [RateLimit(actions=[_Action(remote_address=_Action.RemoteAddress())])],
        [
            LocalRateLimitDescriptor(
                entries=[_Entry(key="remote_address")], token_bucket=_bucket(policy.address_rate * SHARED)
            )
        ],
        OFF,
    )


def _limit(
    name: str,
    counted: list[RateLimit],
    buckets: list[LocalRateLimitDescriptor],
    told: XRateLimitHeadersRFCVersion,
) -> LocalRateLimit:
    return LocalRateLimit(
        stat_prefix=name,
        filter_enabled=_always(),
        filter_enforced=_always(),
        rate_limits=counted,
        descriptors=buckets,
        max_dynamic_descriptors=UInt32Value(value=REMEMBERED),
        rate_limited_as_resource_exhausted=True,
        enable_x_ratelimit_headers=told,
        response_headers_to_add=[HeaderValueOption(header=HeaderValue(key="retry-after", value=str(RETRY_AFTER)))],
    )


def _bucket(rate: int) -> TokenBucket:
    return TokenBucket(
        max_tokens=rate * BURST, tokens_per_fill=UInt32Value(value=rate), fill_interval=Duration(seconds=RETRY_AFTER)
    )


def _always() -> RuntimeFractionalPercent:
    return RuntimeFractionalPercent(default_value=FractionalPercent(numerator=100))
