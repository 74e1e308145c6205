"""What a call that is refused for overload is told, and how that is counted: a refusal has to cost next to nothing."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import structlog

from chassis.errors import PLATFORM, CallFailed, TrailingMetadata, codes_of
from chassis.observability.metrics import Metrics
from chassis.policy import Method

REASON = "OVERLOADED"
RETRY_AFTER = (0.5, 1.5)
"""Seconds, from and to, after which callers are asked to come back: not all at once."""

TOLD_EVERY = 1.0
"""Seconds between two lines about calls that were refused."""

PUSHBACK = "grpc-retry-pushback-ms"
"""Tells gRPC's own retries when to try again (gRFC A6), in whole milliseconds; a negative number, not to."""


class Overloaded(CallFailed):
    """A refusal for overload, made once and used again and again.

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


class Refusals:
    """Gives them out. Those of a second leave one line in the log together."""

    def __init__(self, metrics: Metrics) -> None:
        low, high = RETRY_AFTER
        delays = [low + (high - low) * step / 31 for step in range(32)]
        self._refusals = [(Overloaded(delay, again=True), Overloaded(delay, again=False)) for delay in delays]
        self._refused: Counter[str] = Counter()
        self._count = metrics.shed.inc
        self._log = structlog.get_logger().bind(logger="innkeeper.overload")

    def next(self, method: Method, remaining: float) -> Overloaded:
        """One for a call of that method which has so many seconds left; counted as given."""
        self._count()
        if not self._refused:
            asyncio.get_running_loop().call_later(TOLD_EVERY, self._tell)
        self._refused[method.path] += 1
        in_time, too_late = random.choice(self._refusals)
        return in_time if remaining > in_time.retry_after else too_late

    def _tell(self) -> None:
        refused, self._refused = self._refused, Counter()
        self._log.warning("calls_shed", calls=refused.total(), methods=dict(refused.most_common(5)))
