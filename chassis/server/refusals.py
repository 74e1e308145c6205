"""What a call that is refused for overload is told, and how that is counted: a refusal has to cost next to nothing."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Container

import structlog

from chassis.client.retry import NEVER_AGAIN, PUSHBACK
from chassis.errors import PLATFORM, CallFailed, TrailingMetadata, codes_of
from chassis.observability.metrics import Metrics
from chassis.policy import Method
from chassis.server.priority import PREVIOUS_ATTEMPTS

REASON = "OVERLOADED"
RETRY_AFTER = (0.5, 1.5)
"""Seconds, from and to, after which callers are asked to come back: not all at once."""

TOLD_EVERY = 1.0
"""Seconds between two lines about calls that were refused."""


class Overloaded(CallFailed):
    """A refusal for overload, made once and used again and again.

    Args:
        retry_after: Seconds.
        pushback: What it tells gRPC's own retries besides.
    """

    def __init__(self, retry_after: float, *pushback: tuple[str, str]) -> None:
        super().__init__(
            codes_of(PLATFORM)[REASON], "too many calls in hand: try again", reason=REASON, retry_after=retry_after
        )
        self._trailing_metadata: TrailingMetadata = (*super().trailing_metadata, *pushback)

    @property
    def trailing_metadata(self) -> TrailingMetadata:
        """The status, and the pushback."""
        return self._trailing_metadata


class Refusals:
    """Gives them out. Those of a second leave one line in the log together.

    A call that comes for the first time gets no pushback: gRPC makes it again at once, and elsewhere, where another
    replica may be idle. One that was refused before has found nobody idle, and has to wait as long as any caller; or is
    not made again, where that would be too late.
    """

    def __init__(self, metrics: Metrics) -> None:
        low, high = RETRY_AFTER
        delays = [low + (high - low) * step / 31 for step in range(32)]
        self._at_first = [Overloaded(delay) for delay in delays]
        self._again = [(delay, Overloaded(delay, (PUSHBACK, str(round(delay * 1000))))) for delay in delays]
        self._too_late = [Overloaded(delay, NEVER_AGAIN) for delay in delays]
        self._refused: Counter[str] = Counter()
        self._count = metrics.shed.inc
        self._log = structlog.get_logger().bind(logger="innkeeper.overload")

    def next(self, method: Method, metadata: Container[str], remaining: float) -> Overloaded:
        """One for a call of that method, with metadata of these names, which has so many seconds left; counted as
        given."""
        self._count()
        if not self._refused:
            asyncio.get_running_loop().call_later(TOLD_EVERY, self._tell)
        self._refused[method.path] += 1
        if PREVIOUS_ATTEMPTS not in metadata:
            return random.choice(self._at_first)
        delay, again = random.choice(self._again)
        return again if remaining > delay else random.choice(self._too_late)

    def _tell(self) -> None:
        refused, self._refused = self._refused, Counter()
        self._log.warning("calls_shed", calls=refused.total(), methods=dict(refused.most_common(5)))
