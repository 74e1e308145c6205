"""The access log: one line a call. Lines are kept for a moment and written together, which costs each call a
fraction of what a line by itself would."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from chassis.context import Call

FLUSH_EVERY = 0.1
"""Seconds that a line may wait."""

LARGEST_WAIT = 50
"""Lines that may wait: few enough that what they need is still in the processor's cache."""

WriteLines = Callable[[Sequence[dict[str, Any]]], None]


class AccessLog:
    """Collects what there is to say of calls, and says it a moment later, in order.

    Args:
        write: Writes log events together (`chassis.observability.logs.lines_writer`).
    """

    def __init__(self, write: WriteLines) -> None:
        self._write = write
        self._ended: list[tuple[float, str, str, str, float, str, str, int]] = []
        self._flushing: asyncio.TimerHandle | None = None

    def add(self, call: Call, code: str, reason: str, seconds: float) -> None:
        """A call has ended, so and after so long. One of routine that went well leaves no line."""
        if call.method.routine and code == "OK":
            return
        caller = call.principal
        self._ended.append(
            (time.time(), call.method.path, code, reason, seconds, caller.subject, caller.user, call.trace.trace)
        )
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
        if not ended:
            return
        self._write(
            [
                {
                    "event": "call",
                    "level": "info",
                    "logger": "innkeeper.access",
                    "timestamp": datetime.fromtimestamp(end_time, UTC),
                    "method": path,
                    "code": code,
                    "reason": reason,
                    "ms": round(seconds * 1000, 3),
                    "subject": subject,
                    "user": user,
                    "trace_id": f"{trace:032x}",
                }
                for end_time, path, code, reason, seconds, subject, user, trace in ended
            ]
        )
