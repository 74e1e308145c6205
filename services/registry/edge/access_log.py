"""What the edge logs: the requests that it answered itself, and those that failed. Services log their own calls."""

from __future__ import annotations

from envoy.config.accesslog.v3.accesslog_pb2 import AccessLog, AccessLogFilter, ExtensionFilter
from envoy.config.core.v3.substitution_format_string_pb2 import SubstitutionFormatString
from envoy.extensions.access_loggers.filters.cel.v3.cel_pb2 import ExpressionFilter
from envoy.extensions.access_loggers.stream.v3.stream_pb2 import StderrAccessLog

from services.registry.xds.resource import packed

WORTH_LOGGING = "response.code_details != 'via_upstream' || response.code >= 400"

SAID = {
    "timestamp": "%START_TIME(%Y-%m-%dT%H:%M:%S.%6fZ)%",
    "level": "info",
    "logger": "edge",
    "event": "request",
    "method": "%REQ(:METHOD)%",
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
    "traceparent": "%REQ(TRACEPARENT)%",
}
"""Neither the query, which may hold what is nobody's business, nor any token."""


def access_log(form: str) -> AccessLog:
    """To standard error, as lines to read or, where `form` is `json`, as objects."""
    format_ = SubstitutionFormatString(omit_empty_values=True)
    if form == "json":
        format_.json_format.update(SAID)
    else:
        pairs = (f"{name}={value}" for name, value in SAID.items() if value.startswith("%") and name != "timestamp")
        format_.text_format_source.inline_string = f"{SAID['timestamp']} edge {' '.join(pairs)}\n"
    cel = packed(ExpressionFilter(expression=WORTH_LOGGING))
    return AccessLog(
        name="envoy.access_loggers.stderr",
        filter=AccessLogFilter(
            extension_filter=ExtensionFilter(name="envoy.access_loggers.extension_filters.cel", typed_config=cel)
        ),
        typed_config=packed(StderrAccessLog(log_format=format_)),
    )
