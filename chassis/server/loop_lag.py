"""How late the event loop is: the time that something which is due waits for its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

EVERY = 0.025
"""Seconds between two samples."""

NEWEST = 0.25
"""What the newest sample weighs in the average: an outlier is forgotten after some ten samples."""


class LoopLag:
    """Sets a timer again and again, and sees how late it comes.

    Args:
        then: Called with each sample, in seconds.
    """

    def __init__(self, then: Callable[[float], None] = lambda late: None) -> None:
        self.seconds = 0.0
        """The lag of late, a moving average."""

        self._then = then
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begins, on the running loop."""
        loop = asyncio.get_running_loop()

        def sample(due: float) -> None:
            now = loop.time()
            late = max(now - due, 0.0)
            self.seconds += NEWEST * (late - self.seconds)
            self._timer = loop.call_at(now + EVERY, sample, now + EVERY)
            self._then(late)

        first = loop.time() + EVERY
        self._timer = loop.call_at(first, sample, first)

    def stop(self) -> None:
        """Ends. May be called twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
