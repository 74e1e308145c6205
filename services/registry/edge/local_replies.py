"""What the edge answers by itself, in the words of the platform: a status with a reason of the contract."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from envoy.config.accesslog.v3.accesslog_pb2 import (
    AccessLogFilter,
    AndFilter,
    ExtensionFilter,
    HeaderFilter,
)
from envoy.config.core.v3.base_pb2 import DataSource, HeaderValue, HeaderValueOption
from envoy.config.core.v3.substitution_format_string_pb2 import SubstitutionFormatString
from envoy.config.route.v3.route_components_pb2 import HeaderMatcher
from envoy.extensions.access_loggers.filters.cel.v3.cel_pb2 import ExpressionFilter
from envoy.extensions.filters.network.http_connection_manager.v3.http_connection_manager_pb2 import (
    LocalReplyConfig,
    ResponseMapper,
)
from envoy.type.matcher.v3.string_pb2 import StringMatcher
from google.protobuf.json_format import MessageToDict
from google.protobuf.wrappers_pb2 import UInt32Value
from google.rpc.status_pb2 import Status

from chassis.errors import platform_error
from chassis.http.status import HTTP_CODES
from services.registry.edge.headers import security_headers
from services.registry.edge.rate_limits import RETRY_AFTER
from services.registry.xds.resource import packed
from services.registry.xds.routes import ABORTED

_Add = HeaderValueOption.HeaderAppendAction
_DETAILS = "response.code_details"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the edge itself.

    `when` is a CEL expression on the response that Envoy is about to give, `status` the HTTP status that it is given
    instead, where there is one. `message` is ASCII without percent signs, which would mean something in a header.
    """

    when: str
    reason: str
    message: str
    status: int = 0
    retry_after: int | None = None
    explained: bool = False
    """Whether a caller of REST is told in Envoy's own words what is wrong."""


REPLIES = (
    Reply(
        f"{_DETAILS}.contains('Jwt_is_missing')",
        "TOKEN_MISSING",
        "send an access token: `Authorization: Bearer TOKEN`",
    ),
    Reply(f"{_DETAILS}.contains('Jwt_is_expired')", "TOKEN_EXPIRED", "the access token has expired: refresh it"),
    Reply(
        f"{_DETAILS}.contains('Jwks_remote_fetch_is_failed')",
        "DEPENDENCY_UNAVAILABLE",
        "the keys for access tokens cannot be had at the moment: try again",
        status=503,
        retry_after=1,
    ),
    Reply(
        f"{_DETAILS}.contains('grpc_json_transcode_failure') && response.code < 500",
        "REQUEST_MALFORMED",
        "the request cannot be read",
        explained=True,
    ),
    Reply(
        f"{_DETAILS}.contains('jwt_authn_access_denied')",
        "TOKEN_INVALID",
        "the access token is not good",
        status=401,  # where Envoy would say 403, of a token for another audience
    ),
    Reply("response.code == 404", "RESOURCE_NOT_FOUND", "there is nothing at this address"),
    Reply("response.code == 413", "REQUEST_TOO_LARGE", "the body of the request is too large"),
    Reply("response.code == 429", "RATE_LIMITED", "too many requests: wait a moment", retry_after=RETRY_AFTER),
    Reply("response.code == 431", "REQUEST_TOO_LARGE", "the headers of the request are too large, or too many"),
    Reply(
        f"{_DETAILS}.contains('transfer_encoding')",
        "REQUEST_MALFORMED",
        "the body comes in a transfer coding that is not taken",
        status=400,  # where Envoy would say 501
    ),
    Reply("response.code == 501", "METHOD_NOT_OFFERED", "there is no such method for callers from outside"),
    Reply("response.code == 408", "DEADLINE_PASSED", "the request took too long to arrive"),
    Reply("response.code == 504", "DEADLINE_PASSED", "it took too long: try again"),
    Reply(
        f"response.code == 503 && {_DETAILS}.contains('overload')",
        "OVERLOADED",
        "the edge has as much to do as it can: try again",
        retry_after=1,
    ),
    Reply(
        "response.code == 502 || response.code == 503",
        "DEPENDENCY_UNAVAILABLE",
        "a service that this call needs did not answer: try again",
        status=503,
        retry_after=1,
    ),
    Reply("response.code >= 500", "INTERNAL", "a defect of the platform"),
    Reply("response.code >= 400", "REQUEST_MALFORMED", "the request cannot be read"),
)
"""In the order in which they are tried."""

REHEARSED = "this call fails on purpose: a fault is set for its method"
"""The message of a call that a fault has aborted."""


def local_replies(*, tls: bool) -> LocalReplyConfig:
    """JSON for callers of REST; for those of gRPC, whom Envoy tells the status by itself, the details."""
    config = LocalReplyConfig()
    for code, http_code in HTTP_CODES.items():
        number, _ = code.value
        when = f"{_DETAILS} == 'fault_filter_abort' && response.code == {ABORTED + number}"
        aborted = Reply(when, "", REHEARSED, status=http_code)
        config.mappers.extend(_mappers(aborted, Status(code=number, message=REHEARSED), tls=tls))
    for reply in REPLIES:
        status = platform_error(reply.reason, reply.message, retry_after=reply.retry_after).status
        config.mappers.extend(_mappers(reply, status, tls=tls))
    return config


def _mappers(reply: Reply, status: Status, *, tls: bool) -> Iterator[ResponseMapper]:
    when = _when(reply.when)
    again = [_header("retry-after", str(reply.retry_after))] if reply.retry_after else []
    yield ResponseMapper(
        filter=AccessLogFilter(and_filter=AndFilter(filters=[when, _GRPC])),
        status_code=UInt32Value(value=200),
        body=DataSource(inline_bytes=b""),
        headers_to_add=[
            _header("grpc-status", str(status.code)),
            _header("grpc-message", status.message),
            _header("grpc-status-details-bin", _in_header(status)),
            *again,
        ],
    )
    yield ResponseMapper(
        filter=when,
        status_code=UInt32Value(value=reply.status) if reply.status else None,
        body=None if reply.explained else DataSource(inline_string=reply.message),
        body_format_override=_json(status),
        headers_to_add=[*security_headers(tls=tls), *again],
    )


def _in_header(status: Status) -> str:
    """Base64 without padding, as gRPC has it."""
    return base64.b64encode(status.SerializeToString(deterministic=True)).decode().rstrip("=")


def _json(status: Status) -> SubstitutionFormatString:
    made = SubstitutionFormatString(content_type="application/json")
    made.json_format.update({"details": [], **MessageToDict(status), "message": "%LOCAL_REPLY_BODY%"})
    return made


def _when(expression: str) -> AccessLogFilter:
    cel = packed(ExpressionFilter(expression=expression))
    return AccessLogFilter(
        extension_filter=ExtensionFilter(name="envoy.access_loggers.extension_filters.cel", typed_config=cel)
    )


_GRPC = AccessLogFilter(
    and_filter=AndFilter(
        filters=[
            AccessLogFilter(header_filter=HeaderFilter(header=header))
            for header in (
                HeaderMatcher(name="content-type", string_match=StringMatcher(prefix="application/grpc")),
                HeaderMatcher(name="x-envoy-original-path", present_match=True, invert_match=True),
            )
        ]
    )
)
"""As the caller sent it: what has another path now was made gRPC of REST."""


def _header(name: str, value: str) -> HeaderValueOption:
    return HeaderValueOption(header=HeaderValue(key=name, value=value), append_action=_Add.OVERWRITE_IF_EXISTS_OR_ADD)
