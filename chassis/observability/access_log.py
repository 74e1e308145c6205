"""The access log: one line a call, or a request by HTTP. Lines are kept for a moment and written
together, which costs each a fraction of what a line by itself would."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from chassis.context import Call, Context

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
        self._ended: list[tuple[str, float, str, str, str, float, str, str, int]] = []
        self._flushing: asyncio.TimerHandle | None = None

    def add(self, call: Call, code: str, reason: str, seconds: float) -> None:
        """A call has ended, so and after so long. One of routine that went well leaves no line."""
        if call.method.routine and code == "OK":
            return
        self._add("call", call, call.method.path, code, reason, seconds)

    def add_request(self, context: Context, what: str, code: str, reason: str, seconds: float) -> None:
        """A request by HTTP has ended. `what` is its method and the path of its route."""
        self._add("request", context, what, code, reason, seconds)

    def _add(self, event: str, context: Context, what: str, code: str, reason: str, seconds: float) -> None:
        caller = context.principal
        self._ended.append(
            (event, time.time(), what, code, reason, seconds, caller.subject, caller.user, context.trace.trace)
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
                    "event": event,
                    "level": "info",
                    "logger": "innkeeper.access",
                    "timestamp": datetime.fromtimestamp(end_time, UTC),
                    "method": what,
                    "code": code,
                    "reason": reason,
                    "ms": round(seconds * 1000, 3),
                    "subject": subject,
                    "user": user,
                    "trace_id": f"{trace:032x}",
                }
                for event, end_time, what, code, reason, seconds, subject, user, trace in ended
            ]
        )
