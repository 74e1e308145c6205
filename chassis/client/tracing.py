"""Hands the trace on to the service that is called (W3C Trace Context)."""

from __future__ import annotations

from typing import Any

from chassis.client.interceptor import Outgoing, Send
from chassis.context import CURRENT
from chassis.observability.tracing import Tracing
from chassis.policy import Method


class TracingInterceptor:
    """A call below the call in hand, or the beginning of a trace where there is none."""

    def __init__(self, tracing: Tracing) -> None:
        self._tracing = tracing

    def bind(self, method: Method, send: Send) -> Send:
        begin, name = self._tracing.begin, method.path[1:]

        async def traced(request: Any, outgoing: Outgoing) -> Any:
            call = CURRENT.get()
            if call is not None and not call.trace.sampled:
                outgoing.metadata.append(("traceparent", call.trace.traceparent))
                return await send(request, outgoing)
            trace, span = begin(name, "CLIENT", call.trace if call else None)
            outgoing.metadata.append(("traceparent", trace.traceparent))
            if span is None:
                return await send(request, outgoing)
            try:
                return await send(request, outgoing)
            finally:
                span.end()

        return traced
