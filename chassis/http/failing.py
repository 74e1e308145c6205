"""Turns whatever a request ends with into an answer of the same form as that of a call."""

from __future__ import annotations

from asyncio import CancelledError

from grpc import StatusCode
from grpc.aio import AioRpcError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect
from structlog import get_logger

from chassis.context import current_context
from chassis.errors import PLATFORM, CallFailed, passed_on, platform_error, refused
from chassis.http.exchange import answer_of, method_of, route_of
from chassis.http.going_away import stopping
from chassis.http.status import status_response
from chassis.refusal import Refusal

OF_HTTP = {
    404: (StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"),
    405: (StatusCode.UNIMPLEMENTED, "REQUEST_MALFORMED"),
    413: (StatusCode.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"),
    431: (StatusCode.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE"),
}
"""The gRPC status and the reason that go with an HTTP code."""

MALFORMED = (StatusCode.INVALID_ARGUMENT, "REQUEST_MALFORMED")
"""Those of all others."""

POLICY_VIOLATION, INTERNAL_ERROR = 1008, 1011
"""What a WebSocket ends with (RFC 6455, 7.4.1)."""


class FailingMiddleware:
    """Answers for the app within, where that raises: a status of ours, a refusal, another service's status, or one of
    HTTP. What nobody foresaw is logged, and is INTERNAL."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._log = get_logger().bind(logger="innkeeper.errors")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = answer_of(scope)
        try:
            await self._app(scope, receive, send)
        except CancelledError:
            # Nobody but the server that stops ends a request; whoever waits for the answer is told so.
            answer.reason = stopping().reason
            if not answer.code:
                await status_response(stopping())(scope, receive, send)
            elif answer.code != 101:  # half an answer must not look like a whole one
                raise
        except (ClientDisconnect, WebSocketDisconnect):
            return  # whoever asked has gone
        except Exception as error:
            failed = self._meant(error, scope)
            answer.reason = failed.reason
            if answer.code == 101:
                ours = failed.code in (StatusCode.INTERNAL, StatusCode.UNAVAILABLE)
                code = INTERNAL_ERROR if ours else POLICY_VIOLATION
                await send({"type": "websocket.close", "code": code, "reason": failed.reason})
            elif not answer.code:
                http_code = error.status_code if isinstance(error, HTTPException) else None
                response = status_response(failed, http_code)
                if isinstance(error, HTTPException):
                    response.headers.update(error.headers or {})
                await response(scope, receive, send)

    def _meant(self, error: Exception, scope: Scope) -> CallFailed:
        trace_id, request = current_context().trace.trace_id, f"{method_of(scope)} {route_of(scope)}"
        match error:
            case CallFailed():
                return error
            case Refusal():
                return refused(error, PLATFORM.file)
            case HTTPException():
                code, reason = OF_HTTP.get(error.status_code, MALFORMED)
                return CallFailed(code, error.detail, reason=reason)
            case AioRpcError():
                self._log.warning("dependency_failed", method=request, code=error.code().name, details=error.details())
                return passed_on(error, trace_id)
            case TimeoutError():
                return platform_error("DEADLINE_PASSED", "the deadline passed before the answer was ready")
        self._log.error("defect", method=request, exc_info=error)
        return platform_error("INTERNAL", "a defect of ours; the trace id finds it in the logs", trace_id=trace_id)
