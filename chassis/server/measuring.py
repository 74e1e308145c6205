"""Counts and times each call, and writes its line in the access log."""

from __future__ import annotations

from asyncio import CancelledError
from time import perf_counter
from typing import Any

from chassis.context import Call
from chassis.errors import CallFailed
from chassis.observability.access_log import AccessLog
from chassis.observability.metrics import Metrics
from chassis.policy import Method
from chassis.server.interceptor import Handler
from chassis.server.refusals import Overloaded


class MeasuringInterceptor:
    """Metrics and access log in one: both need to know how the call ended, and when.

    A call that was refused for overload is counted, and leaves no line of its own: admission tells of many in one.
    """

    def __init__(self, metrics: Metrics, access_log: AccessLog) -> None:
        self._metrics = metrics
        self._access_log = access_log

    def bind(self, method: Method, proceed: Handler) -> Handler:
        """Counts under the method's own labels."""
        metrics, log = self._metrics, self._access_log.add
        count = metrics.calls_of(method.service, method.name).count

        async def measured(request: Any, call: Call) -> Any:
            begun = perf_counter()
            code, reason, told = "OK", "", True
            metrics.in_hand += 1
            try:
                return await proceed(request, call)
            except Overloaded as overloaded:
                code, told = overloaded.code.name, False
                raise
            except CallFailed as failed:
                code, reason = failed.code.name, failed.reason
                raise
            except CancelledError:
                code = "CANCELLED"
                raise
            finally:
                metrics.in_hand -= 1
                seconds = perf_counter() - begun
                count(code, seconds)
                if told:
                    log(call, code, reason, seconds)

        return measured
