"""Makes the context of a request, and continues the caller's trace, or begins one."""

from __future__ import annotations

from math import inf

from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.context import CURRENT, Context
from chassis.http.exchange import Answer, header, method_of, route_of
from chassis.observability.trace import Trace
from chassis.observability.tracing import Tracing


class TracingMiddleware:
    """The outermost: from here on the request is what is in hand, and has its place in a trace."""

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self._app = app
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, parent = method_of(scope), header(scope, "traceparent")
        trace, span = self._tracing.begin(method, "SERVER", Trace.parse(parent) if parent else None)
        token = CURRENT.set(Context(deadline=inf, trace=trace))
        answer = Answer(scope, send)
        try:
            await self._app(scope, receive, answer.send)
        finally:
            CURRENT.reset(token)
            if span is not None:
                route = route_of(scope)
                span.update_name(f"{method} {route}" if route else method)
                span.set_attribute("http.request.method", method)
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", answer.code)
                span.end()
