"""Counts and times each call, and writes its line in the access log."""

from __future__ import annotations

import time
from asyncio import CancelledError
from typing import Any

import grpc
import structlog

from chassis.context import Call
from chassis.errors import CallFailed
from chassis.observability.metrics import Metrics
from chassis.policy import Method
from chassis.server.interceptor import Handler


class MeasuringInterceptor:
    """Metrics and access log in one: both need to know how the call ended, and when."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def bind(self, method: Method, proceed: Handler) -> Handler:
        labels = (method.service, method.name)
        handled = {code: self._metrics.handled.labels(*labels, code.name) for code in grpc.StatusCode}
        observe = self._metrics.seconds.labels(*labels).observe
        in_hand = self._metrics.in_hand
        log = structlog.get_logger("innkeeper.access").bind(method=method.path)
        clock = time.perf_counter
        ok = grpc.StatusCode.OK

        async def measured(request: Any, call: Call) -> Any:
            begun = clock()
            code, reason = ok, ""
            in_hand.inc()
            try:
                return await proceed(request, call)
            except CallFailed as failed:
                code, reason = failed.code, failed.reason
                raise
            except CancelledError:
                code = grpc.StatusCode.CANCELLED
                raise
            finally:
                seconds = clock() - begun
                in_hand.dec()
                handled[code].inc()
                observe(seconds)
                log.info(
                    "call",
                    code=code.name,
                    reason=reason,
                    ms=round(seconds * 1000, 3),
                    subject=call.principal.subject,
                    user=call.principal.user,
                    peer=call.peer,
                )

        return measured
