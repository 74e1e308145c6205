"""The relay of one service: brings the events of its outbox to each subscriber, in order, until they are taken in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from chassis.events import outbox
from chassis.storage.database import Database
from innkeeper.events.v1.events_pb2 import Event

BATCH = 100
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0

Deliver = Callable[[Sequence[Event]], Awaitable[None]]


class Relay:
    """Runs a loop for each subscriber; what one of them does not take does not keep the others waiting.

    Args:
        source: The service whose events these are.
        deliver: For each subscriber, what brings it a batch and returns when the effect is stored.
    """

    def __init__(self, source: str, database: Database, deliver: Mapping[str, Deliver]) -> None:
        self._source = source
        self._database = database
        self._deliver = deliver
        self._wake = {subscriber: asyncio.Event() for subscriber in deliver}
        self._tasks: list[asyncio.Task[None]] = []
        self._tell: Callable[[], None] = lambda: None
        self._log = structlog.get_logger().bind(logger="innkeeper.events")

    def start(self) -> None:
        """Begins to relay, what is left from before first."""
        loop = asyncio.get_running_loop()
        self._tell = lambda: _told(loop, self._wake_all)
        self._database.on_events.append(self._tell)
        self._tasks = [loop.create_task(self._run(subscriber)) for subscriber in self._deliver]

    async def stop(self) -> None:
        """Ends the loops. What was not relayed is, at the next start."""
        if self._tell in self._database.on_events:
            self._database.on_events.remove(self._tell)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def unsent(self) -> int:
        """How many deliveries are still to be made."""
        return await self._database.read(lambda session: outbox.count_unsent(session, list(self._deliver)))

    def _wake_all(self) -> None:
        for event in self._wake.values():
            event.set()

    async def _run(self, subscriber: str) -> None:
        pause, limit, wake = FIRST_PAUSE, BATCH, self._wake[subscriber]
        while True:
            wake.clear()
            try:
                full = await self._relay_batch(subscriber, limit)
            except Exception as error:
                self._log.warning(
                    "relay_delayed", source=self._source, subscriber=subscriber, error=repr(error), retry_in=pause
                )
                await asyncio.sleep(pause)
                pause, limit = min(pause * 2, LONGEST_PAUSE), 1  # what comes before the one that fails gets through
                continue
            pause, limit = FIRST_PAUSE, min(limit * 2, BATCH)
            if not full:
                await wake.wait()

    async def _relay_batch(self, subscriber: str, limit: int) -> bool:
        """Relays the next events, and returns whether there may be more."""
        events = await self._database.read(lambda session: outbox.unsent(session, self._source, subscriber, limit))
        if events:
            await self._deliver[subscriber](events)
            await self._database.write(lambda session: outbox.mark_told(session, subscriber, events[-1].sequence))
        return len(events) == limit


def _told(loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
    """Wakes the loops from a database thread."""
    loop.call_soon_threadsafe(wake)
