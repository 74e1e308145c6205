"""Tries the letters of an inbox again when their time comes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import structlog

from chassis.events.inbox import Inbox
from chassis.events.unfit import told

LOOK_EVERY: Final = 30.0
"""Seconds after which it looks for letters that nobody has told it of: those of another process that has died."""


class Retrying:
    """A loop for one inbox."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._task: asyncio.Task[None] | None = None
        self._log = structlog.get_logger().bind(logger="innkeeper.events", subscriber=inbox.subscriber)

    def start(self) -> None:
        """Begins, with what is due from before first."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Ends the loop. What is due is tried at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._inbox.retried.clear()
            wait = LOOK_EVERY
            try:
                await self._inbox.retry()
                due = await self._inbox.next_retry()
                if due is not None:
                    wait = max((due - datetime.now(UTC)).total_seconds(), 0.0)
            except Exception as error:
                self._log.warning("retry_delayed", error=told(error))
                wait = 1.0
            with suppress(TimeoutError):
                await asyncio.wait_for(self._inbox.retried.wait(), min(wait, LOOK_EVERY))
