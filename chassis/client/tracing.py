"""Hands the trace on to the service that is called (W3C Trace Context)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
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
                answer = await send(request, outgoing)
            except BaseException:
                span.end()
                raise
            if method.server_streaming:
                return _followed(answer, span)
            span.end()
            return answer

        return traced


async def _followed(messages: AsyncGenerator[Any, None], span: Any) -> AsyncIterator[Any]:
    """The messages as they come; the call lasts as long as somebody reads them."""
    try:
        async with aclosing(messages):
            async for message in messages:
                yield message
    finally:
        span.end()
