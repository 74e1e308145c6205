"""Counts and times each request, and writes its line in the access log."""

from __future__ import annotations

from time import perf_counter

from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.context import current_context
from chassis.http.exchange import answer_of, method_of, route_of
from chassis.observability.access_log import AccessLog
from chassis.observability.metrics import Metrics

GONE = 499
"""What is noted of a request whose caller did not wait for the answer; nobody is sent it."""


class MeasuringMiddleware:
    """Metrics and access log in one. A WebSocket has its line when it ends, and is counted while it is open."""

    def __init__(self, app: ASGIApp, metrics: Metrics, access_log: AccessLog) -> None:
        self._app = app
        self._metrics = metrics
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun, answer, is_socket = perf_counter(), answer_of(scope), scope["type"] == "websocket"
        self._metrics.websockets += is_socket
        try:
            await self._app(scope, receive, send)
        finally:
            self._metrics.websockets -= is_socket
            method, route, code = method_of(scope), route_of(scope), answer.code or GONE
            seconds = perf_counter() - begun
            if not is_socket:
                self._metrics.requests_of(method, route).count(str(code), seconds)
            if code >= 400 or not answer.is_routine:
                what = f"{method} {route}".rstrip()
                self._access_log.add_request(current_context(), what, str(code), answer.reason, seconds)
