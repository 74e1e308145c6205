"""Errors by HTTP: `google.rpc.Status` as JSON, as the edge writes those of gRPC."""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from grpc import StatusCode
from starlette.responses import JSONResponse

from chassis.errors import CallFailed

HTTP_CODES: Final = {
    StatusCode.CANCELLED: 499,
    StatusCode.UNKNOWN: 500,
    StatusCode.INVALID_ARGUMENT: 400,
    StatusCode.DEADLINE_EXCEEDED: 504,
    StatusCode.NOT_FOUND: 404,
    StatusCode.ALREADY_EXISTS: 409,
    StatusCode.PERMISSION_DENIED: 403,
    StatusCode.RESOURCE_EXHAUSTED: 429,
    StatusCode.FAILED_PRECONDITION: 400,
    StatusCode.ABORTED: 409,
    StatusCode.OUT_OF_RANGE: 400,
    StatusCode.UNIMPLEMENTED: 501,
    StatusCode.INTERNAL: 500,
    StatusCode.UNAVAILABLE: 503,
    StatusCode.DATA_LOSS: 500,
    StatusCode.UNAUTHENTICATED: 401,
}
"""By `google/rpc/code.proto`."""


def status_response(failed: CallFailed, http_code: int | None = None) -> JSONResponse:
    """The answer to a request that failed so.

    With `Retry-After` (RFC 9110, 10.2.3) where it says when to try again, and `WWW-Authenticate` (RFC 6750, 3) where it
    asks for a good token. `http_code` stands for one that no gRPC status has, such as 405.
    """
    return JSONResponse(status_json(failed), http_code or HTTP_CODES[failed.code], _headers(failed))


def status_json(failed: CallFailed) -> dict[str, Any]:
    """`{"code": 5, "message": "…", "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", …}]}`"""
    return {
        "code": failed.code.value[0],
        "message": failed.message,
        "details": [MessageToDict(detail) for detail in failed.details],
    }


def _headers(failed: CallFailed) -> dict[str, str]:
    headers = {}
    if failed.retry_after is not None:
        headers["Retry-After"] = str(failed.retry_after)
    if failed.code is StatusCode.UNAUTHENTICATED:
        why = "" if failed.reason == "TOKEN_MISSING" else f' error="invalid_token", error_description="{failed.reason}"'
        headers["WWW-Authenticate"] = f"Bearer{why}"
    return headers
