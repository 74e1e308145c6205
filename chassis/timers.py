"""Runs what services do again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog

from chassis.service import Timer


class Timers:
    """A task for each timer. One that fails is logged and runs again when its time comes."""

    def __init__(self, timers: Iterable[Timer]) -> None:
        self._timers = list(timers)
        self._tasks: list[asyncio.Task[None]] = []
        self._log = structlog.get_logger().bind(logger="innkeeper.timers")

    def start(self) -> None:
        """Each timer runs for the first time at once."""
        self._tasks = [asyncio.create_task(self._run(timer)) for timer in self._timers]

    async def stop(self) -> None:
        """Cancels what runs and waits for its end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, timer: Timer) -> None:
        while True:
            try:
                await timer.run()
            except Exception as error:
                self._log.warning("timer_failed", timer=timer.name, error=repr(error))
            await asyncio.sleep(timer.every)
