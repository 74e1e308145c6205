"""Takes no more calls at a time than the process can have in hand."""

from __future__ import annotations

from typing import Any

from chassis.context import Call
from chassis.errors import platform_error
from chassis.observability.metrics import Metrics
from chassis.policy import Method
from chassis.server.interceptor import Handler

RETRY_AFTER = 0.5


class AdmissionInterceptor:
    """Refuses a call at once where it would only wait, with the time after which to try again.

    What a call that was let in needs of other services of the process is part of it: refusing that would waste the work
    that is half done.

    Args:
        limit: How many calls may be in hand, over all methods that this interceptor is bound to.
    """

    def __init__(self, limit: int, metrics: Metrics) -> None:
        self._limit = limit
        self._shed = metrics.shed
        self._in_hand = 0

    def bind(self, method: Method, proceed: Handler) -> Handler:
        async def admitted(request: Any, call: Call) -> Any:
            if call.nested:
                return await proceed(request, call)
            if self._in_hand >= self._limit:
                self._shed.inc()
                raise platform_error("OVERLOADED", "too many calls in hand: try again", retry_after=RETRY_AFTER)
            self._in_hand += 1
            try:
                return await proceed(request, call)
            finally:
                self._in_hand -= 1

        return admitted
