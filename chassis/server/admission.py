"""Takes no more calls at a time than the process can do in time, and refuses the cheapest first."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import structlog

from chassis.context import Call
from chassis.errors import PLATFORM, CallFailed, TrailingMetadata, codes_of
from chassis.observability.metrics import Metrics
from chassis.policy import Method
from chassis.server.interceptor import Handler
from chassis.server.overload import Overload
from chassis.server.priority import priority_of, stays

REASON = "OVERLOADED"
RETRY_AFTER = (0.5, 1.5)
"""Seconds, from and to, after which callers are asked to come back: not all at once."""

TOLD_EVERY = 1.0
"""Seconds between two lines about calls that were refused."""

PUSHBACK = "grpc-retry-pushback-ms"
"""Tells gRPC's own retries when to try again (gRFC A6), in whole milliseconds; a negative number, not to."""


class Overloaded(CallFailed):
    """A refusal for overload, made once and raised again and again: a refused call has to cost next to nothing.

    Args:
        retry_after: Seconds.
        again: Whether gRPC's own retry may come back by then.
    """

    def __init__(self, retry_after: float, *, again: bool) -> None:
        super().__init__(
            codes_of(PLATFORM)[REASON], "too many calls in hand: try again", reason=REASON, retry_after=retry_after
        )
        self.retry_after = retry_after
        pushback = str(round(retry_after * 1000)) if again else "-1"
        self._trailing_metadata: TrailingMetadata = (*super().trailing_metadata, (PUSHBACK, pushback))

    @property
    def trailing_metadata(self) -> TrailingMetadata:
        """The status, and the pushback."""
        return self._trailing_metadata


class AdmissionInterceptor:
    """Refuses a call at once where it would only wait, with the time after which to try again.

    What a call that was let in needs of other services of the process is part of it: refusing that would waste the work
    that is half done. Streams that last for hours are let in always.
    """

    def __init__(self, overload: Overload, metrics: Metrics) -> None:
        self._overload = overload
        self._metrics = metrics
        low, high = RETRY_AFTER
        delays = [low + (high - low) * step / 31 for step in range(32)]
        self._refusals = [(Overloaded(delay, again=True), Overloaded(delay, again=False)) for delay in delays]
        self._refused: Counter[str] = Counter()
        self._log = structlog.get_logger().bind(logger="innkeeper.overload")

    def bind(self, method: Method, proceed: Handler) -> Handler:
        if stays(method):
            return proceed
        overload = self._overload

        async def admitted(request: Any, call: Call) -> Any:
            if call.nested:
                return await proceed(request, call)
            if not overload.room_for(priority_of(method, call.metadata)):
                raise self._refusal(call)
            overload.in_hand += 1
            try:
                return await proceed(request, call)
            finally:
                overload.in_hand -= 1

        return admitted

    def _refusal(self, call: Call) -> Overloaded:
        """Counts the call as refused. Those refused within a second leave one line together."""
        self._metrics.shed.inc()
        if not self._refused:
            asyncio.get_running_loop().call_later(TOLD_EVERY, self._tell)
        self._refused[call.method.path] += 1
        in_time, too_late = random.choice(self._refusals)
        refusal = in_time if call.remaining() > in_time.retry_after else too_late
        return refusal.with_traceback(None)

    def _tell(self) -> None:
        refused, self._refused = self._refused, Counter()
        self._log.warning("calls_shed", calls=refused.total(), methods=dict(refused.most_common(5)))
