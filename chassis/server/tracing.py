"""Continues the caller's trace, or begins one."""

from __future__ import annotations

import time
from math import inf
from typing import Any

import grpc

from chassis.context import CURRENT, Call
from chassis.errors import CallFailed
from chassis.observability.trace import Trace
from chassis.observability.tracing import Tracing
from chassis.policy import Method
from chassis.server.interceptor import Handler


class TracingInterceptor:
    """The outermost: from here on the call is the current one, and has its place in a trace."""

    def __init__(self, tracing: Tracing) -> None:
        self._tracing = tracing

    def bind(self, method: Method, proceed: Handler) -> Handler:
        begin, name = self._tracing.begin, method.path[1:]

        async def traced(request: Any, call: Call) -> Any:
            header = call.metadata.get("traceparent")
            call.trace, span = begin(name, "SERVER", Trace.parse(header) if header else None)
            token = CURRENT.set(call)
            try:
                if span is None:
                    return await proceed(request, call)
                return await self._recorded(span, call, proceed(request, call))
            finally:
                CURRENT.reset(token)

        return traced

    async def _recorded(self, span: Any, call: Call, answer: Any) -> Any:
        """`innkeeper.deadline_seconds` is the time that the call had: the caller's, or the method's own."""
        begun = time.monotonic()
        code = grpc.StatusCode.CANCELLED.value[0]
        try:
            answered = await answer
            code = grpc.StatusCode.OK.value[0]
            return answered
        except CallFailed as failed:
            code = failed.code.value[0]
            span.set_attribute("innkeeper.reason", failed.reason)
            raise
        finally:
            span.set_attribute("rpc.grpc.status_code", code)
            if call.deadline < inf:
                span.set_attribute("innkeeper.deadline_seconds", call.deadline - begun)
            span.end()
