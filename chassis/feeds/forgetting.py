"""Forgets what a log has kept for long enough."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, Final

from chassis.feeds.log import Log
from chassis.service import Clock, Timer
from chassis.storage.database import Database

EVERY: Final = 3600.0
"""Seconds between two looks for what is old."""

AT_ONCE: Final = 500
"""How many entries are forgotten in one unit of work."""


def forgetting(name: str, log: Log[Any], database: Database, *, keep: timedelta, clock: Clock) -> Timer:
    """A timer of that name by which the log forgets what happened longer ago than that."""

    async def forget() -> None:
        before = clock() - keep
        while due := await database.read(partial(log.outdated, before=before, limit=AT_ONCE)):
            await database.write(partial(log.forget, entries=due))

    return Timer(name, every=EVERY, run=forget)
