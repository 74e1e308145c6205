"""Headers that the edge takes away and adds, whoever answers."""

from __future__ import annotations

from collections.abc import Iterator

from envoy.config.common.mutation_rules.v3.mutation_rules_pb2 import HeaderMutation
from envoy.config.core.v3.base_pb2 import HeaderValue, HeaderValueOption
from envoy.extensions.filters.http.header_mutation.v3.header_mutation_pb2 import HeaderMutation as MutationFilter
from envoy.extensions.filters.http.header_mutation.v3.header_mutation_pb2 import HeaderMutationPerRoute, Mutations
from envoy.extensions.http.early_header_mutation.header_mutation.v3.header_mutation_pb2 import (
    HeaderMutation as EarlyMutation,
)
from envoy.type.matcher.v3.regex_pb2 import RegexMatcher
from envoy.type.matcher.v3.string_pb2 import StringMatcher

HEADERS = "envoy.filters.http.header_mutation"
EARLY = "envoy.http.early_header_mutation.header_mutation"

INSIDE = ("x-innkeeper-", "x-envoy-")
"""How the names of headers begin that only those inside may send: they say who calls, and what Envoy is to do."""

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-real-ip")
"""What a caller says about a way that begins here."""

NO_METADATA = r"[^:].*[^0-9a-z_.-].*|[^:0-9a-z_.-].*"
"""Names that HTTP has for headers and gRPC has not; a server of gRPC calls them a defect."""

NEEDLESS = HeaderMutation.RemoveOnMatch(key_matcher=StringMatcher(suffix="-bin", ignore_case=True))
"""Metadata in bytes: without gRPC nobody has any, and what is no base64 would be a defect."""

OF_GRPC = ("grpc-accept-encoding", "grpc-encoding", "grpc-message", "grpc-status", "grpc-status-details-bin")
"""Headers of responses that the transcoder leaves there."""

TELLING = ("server", "x-powered-by")
"""Headers of responses that tell what software there is."""

SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
PAGE_POLICY = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
"""The Content-Security-Policy of what does not bring its own."""

HSTS = "max-age=31536000"
"""For a year; not for other hosts below this one, which may not have a certificate."""

VARY = HeaderValue(key="vary", value="Origin")

_Add = HeaderValueOption.HeaderAppendAction


def stripped() -> EarlyMutation:
    """Takes from a request, before anything looks at it, what nobody outside may say."""
    begin = [
        HeaderMutation(
            remove_on_match=HeaderMutation.RemoveOnMatch(key_matcher=StringMatcher(prefix=prefix, ignore_case=True))
        )
        for prefix in INSIDE
    ]
    unfit = StringMatcher(safe_regex=RegexMatcher(regex=NO_METADATA))
    begin.append(HeaderMutation(remove_on_match=HeaderMutation.RemoveOnMatch(key_matcher=unfit)))
    return EarlyMutation(mutations=[*begin, *(HeaderMutation(remove=name) for name in FORWARDED)])


def without_grpc() -> HeaderMutationPerRoute:
    """Takes from a request that is not gRPC what only gRPC has a use for, before it is made gRPC; and from the answer,
    when it is so no longer."""
    gone = [HeaderMutation(remove_on_match=NEEDLESS), HeaderMutation(remove="grpc-encoding")]
    left = [HeaderMutation(remove=name) for name in OF_GRPC]
    return HeaderMutationPerRoute(mutations=Mutations(request_mutations=gone, response_mutations=left))


def response_headers(*, tls: bool, by_origin: bool = False) -> MutationFilter:
    """What every response gets, and what it must not have. `by_origin`: whether what it says of the page that may read
    it is another for each origin, also for any; what keeps it for others has to know."""
    vary = HeaderValueOption(header=VARY, append_action=_Add.APPEND_IF_EXISTS_OR_ADD)
    return MutationFilter(
        mutations=Mutations(
            response_mutations=[
                *(HeaderMutation(remove=name) for name in TELLING),
                *(HeaderMutation(append=option) for option in security_headers(tls=tls)),
                *([HeaderMutation(append=vary)] if by_origin else []),
            ]
        )
    )


def security_headers(*, tls: bool) -> Iterator[HeaderValueOption]:
    """What keeps browsers from doing with a response what it is not for. `tls`: whether callers use it."""
    for name, value in {**SECURITY, **({"strict-transport-security": HSTS} if tls else {})}.items():
        yield HeaderValueOption(
            header=HeaderValue(key=name, value=value), append_action=_Add.OVERWRITE_IF_EXISTS_OR_ADD
        )
    policy = HeaderValue(key="content-security-policy", value=PAGE_POLICY)
    yield HeaderValueOption(header=policy, append_action=_Add.ADD_IF_ABSENT)
