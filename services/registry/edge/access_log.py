"""What the edge logs: requests that it answered itself, those that failed, and connections that broke the protocol.
Services log their own calls."""

from __future__ import annotations

from collections.abc import Mapping

from envoy.config.accesslog.v3.accesslog_pb2 import AccessLog, AccessLogFilter, ExtensionFilter, ResponseFlagFilter
from envoy.config.core.v3.substitution_format_string_pb2 import SubstitutionFormatString
from envoy.extensions.access_loggers.filters.cel.v3.cel_pb2 import ExpressionFilter
from envoy.extensions.access_loggers.stream.v3.stream_pb2 import StderrAccessLog

from services.registry.xds.resource import packed

ENDED_WELL = "response.code_details in ['via_upstream', 'cors_response']"
"""Answered by a service, or a browser's question whether a page may call."""

OPENED = "(has(response.code) && response.code == 101)"
"""A WebSocket that was opened. Its end Envoy takes for a connection that broke, whoever closed it."""

TRIED = "(request.path.startsWith('/grpc.reflection.') && response.grpc_status == 12)"
"""A tool tries which version of reflection there is."""

WORTH_LOGGING = (
    f"(!({ENDED_WELL}) && !{OPENED}) || response.code >= 400"
    f" || (request.headers['content-type'].startsWith('application/grpc') && response.grpc_status > 0 && !{TRIED})"
)

PROTOCOL_ERROR = "DPE"
"""The flag of what came in no order that HTTP knows."""

_COMMON = {
    "timestamp": "%START_TIME(%Y-%m-%dT%H:%M:%S.%6fZ)%",
    "level": "info",
    "logger": "edge",
}
REQUEST = {
    **_COMMON,
    "event": "request",
    "method": "%REQ(X-ENVOY-ORIGINAL-METHOD?:METHOD)%",
    "path": "%PATH(NQ:ORIG_OR_PATH)%",
    "status": "%RESPONSE_CODE%",
    "grpc_status": "%GRPC_STATUS%",
    "why": "%RESPONSE_CODE_DETAILS%",
    "flags": "%RESPONSE_FLAGS%",
    "ms": "%DURATION%",
    "bytes_received": "%BYTES_RECEIVED%",
    "bytes_sent": "%BYTES_SENT%",
    "protocol": "%PROTOCOL%",
    "address": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
    "port": "%DOWNSTREAM_REMOTE_PORT%",
    "traceparent": "%REQ(TRACEPARENT)%",
}
"""Neither the query, which may hold what is nobody's business, nor any token."""

CONNECTION = {
    **_COMMON,
    "event": "connection",
    "flags": "%RESPONSE_FLAGS%",
    "ms": "%DURATION%",
    "bytes_received": "%BYTES_RECEIVED%",
    "bytes_sent": "%BYTES_SENT%",
    "address": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
    "port": "%DOWNSTREAM_REMOTE_PORT%",
}
"""Of a connection with an error that is no request's."""


def request_log(form: str) -> AccessLog:
    """To standard error, as lines to read or, where `form` is `json`, as objects."""
    cel = packed(ExpressionFilter(expression=WORTH_LOGGING))
    wanted = ExtensionFilter(name="envoy.access_loggers.extension_filters.cel", typed_config=cel)
    return _log(REQUEST, form, AccessLogFilter(extension_filter=wanted))


def connection_log(form: str) -> AccessLog:
    """The same for connections, when they have ended."""
    return _log(CONNECTION, form, AccessLogFilter(response_flag_filter=ResponseFlagFilter(flags=[PROTOCOL_ERROR])))


def _log(said: Mapping[str, str], form: str, wanted: AccessLogFilter) -> AccessLog:
    format_ = SubstitutionFormatString(omit_empty_values=True)
    if form == "json":
        format_.json_format.update(said)
    else:
        pairs = (f"{name}={value}" for name, value in said.items() if value.startswith("%") and name != "timestamp")
        line = f"{said['timestamp']} {said['logger']} {said['event']} {' '.join(pairs)}\n"
        format_.text_format_source.inline_string = line
    return AccessLog(
        name="envoy.access_loggers.stderr", filter=wanted, typed_config=packed(StderrAccessLog(log_format=format_))
    )
