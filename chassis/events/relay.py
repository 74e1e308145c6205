"""The relay of one service: brings the events of its outbox to each subscriber, in order, until they are taken in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from chassis.events.cursor import BATCH, Batch, Cursor
from chassis.events.failure import Failure
from chassis.events.transport import BROKER, Deliver
from chassis.events.unfit import Unfit, told
from chassis.storage.database import Database

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
LOOK_EVERY: Final = 5.0
"""Seconds after which a relay looks for events that nobody has told it of: those of another process that has died."""

GATHER: Final = 0.1
"""Seconds between having told everything and looking anew, where more happens at once: a look is two transactions,
whether it finds one event or fifty. What happens after a while of nothing is told at once."""


class Relay:
    """Runs a loop for each subscriber, or one for the broker; what one of them does not take does not keep the others
    waiting.

    Several relays of one source, in several processes, do no harm: they take turns.

    Args:
        source: The service whose events these are.
        deliver: For each place that is kept in its outbox, what brings a batch on its way.
        max_bytes: How large a payload may be.
    """

    def __init__(self, source: str, database: Database, deliver: Mapping[str, Deliver], max_bytes: int) -> None:
        self.source = source
        self.deliver = deliver
        self.max_bytes = max_bytes
        self._database = database
        self._cursors = [Cursor(source, name, max_bytes) for name in deliver]
        self._wake = {name: asyncio.Event() for name in deliver}
        self._tasks: list[asyncio.Task[None]] = []
        self._tell: Callable[[], None] = lambda: None
        self._log = structlog.get_logger().bind(logger="innkeeper.events", source=source)

    def start(self) -> None:
        """Begins to relay, what is left from before first."""
        loop = asyncio.get_running_loop()
        self._tell = lambda: _tell(loop, self.wake)
        self._database.on_events.append(self._tell)
        self._tasks = [loop.create_task(self._run(cursor)) for cursor in self._cursors]

    async def stop(self) -> None:
        """Ends the loops. What was not relayed is, at the next start."""
        if self._tell in self._database.on_events:
            self._database.on_events.remove(self._tell)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """There may be something to relay."""
        for event in self._wake.values():
            event.set()

    def told_for(self, subscriber: str) -> list[str]:
        """From which places that subscriber is told; all of them, where it is empty. A broker tells everybody."""
        return [name for name in self.deliver if subscriber in ("", name) or name == BROKER]

    async def _run(self, cursor: Cursor) -> None:
        try:
            await self._relay(cursor)
        finally:
            with suppress(Exception):  # others wait a moment longer
                await asyncio.shield(self._database.write(cursor.release))

    async def _relay(self, cursor: Cursor) -> None:
        pause, limit, done, wake = FIRST_PAUSE, BATCH, None, self._wake[cursor.name]
        while True:
            wake.clear()
            try:
                batch = await self._database.write(partial(cursor.next, told=done, limit=limit))
                done = None
                if batch.events:
                    await self._bring(cursor, batch)
                    done = batch
            except Exception as error:
                self._log.warning("relay_delayed", subscriber=cursor.name, error=told(error), retry_in=pause)
                await asyncio.sleep(pause)
                pause, limit = min(pause * 2, LONGEST_PAUSE), 1  # what comes before the one that fails gets through
                continue
            pause, limit = FIRST_PAUSE, min(limit * 4, BATCH)
            if not batch.events:
                gathered = time.monotonic() + GATHER
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), batch.wait or LOOK_EVERY)
                await asyncio.sleep(gathered - time.monotonic())

    async def _bring(self, cursor: Cursor, batch: Batch) -> None:
        try:
            await self.deliver[cursor.name](batch.events)
        except Unfit as unfit:
            if len(batch.events) > 1:
                raise
            failure = Failure(unfit.reason, unfit.detail)
            await self._database.write(partial(cursor.park, batch=batch, failure=failure))


def _tell(loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
    """Wakes the loops from a database thread."""
    loop.call_soon_threadsafe(wake)
