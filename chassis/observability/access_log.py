"""The access log: one line a call. Lines are kept for a moment and written together, which costs each call a
fraction."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import structlog

from chassis.context import Call

FLUSH_EVERY = 0.1
"""Seconds that a line may wait."""

LARGEST_WAIT = 1000
"""Lines that may wait."""


class AccessLog:
    """Collects what there is to say of calls, and says it a moment later, in order."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("innkeeper.access")
        self._ended: list[tuple[float, Call, str, str, float]] = []
        self._flushing: asyncio.TimerHandle | None = None

    def add(self, call: Call, code: str, reason: str, seconds: float) -> None:
        """A call has ended, so and after so long."""
        self._ended.append((time.time(), call, code, reason, seconds))
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(FLUSH_EVERY, self.flush)
        elif len(self._ended) >= LARGEST_WAIT:
            self.flush()

    def flush(self) -> None:
        """Writes what waits."""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        ended, self._ended = self._ended, []
        for end_time, call, code, reason, seconds in ended:
            self._log.info(
                "call",
                timestamp=datetime.fromtimestamp(end_time, UTC),
                method=call.method.path,
                code=code,
                reason=reason,
                ms=round(seconds * 1000, 3),
                subject=call.principal.subject,
                user=call.principal.user,
                trace_id=call.trace.trace_id,
            )
