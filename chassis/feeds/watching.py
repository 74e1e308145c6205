"""Brings what a log tells to those who watch: in order, none left out and none twice.

One follower a process reads on in the log, and hands each entry to the watchers of its feeds. A
watcher first reads on from the log by itself, up to where the follower is, and then takes what it is handed. One that
does not keep up is handed no more, and reads on from the log again: what it has not taken is kept nowhere else.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from dataclasses import dataclass
from typing import Final, Generic

import structlog

from chassis.feeds.log import ALL, E, Feed, Log
from chassis.storage.database import Database
from chassis.storage.session import Session

LOOK_EVERY: Final = 0.1
"""Seconds between two looks at the log, for what other processes write to the same database."""

PAUSE: Final = 1.0
"""Seconds after which the log is looked at again that could not be read."""

PAGE: Final = 200
"""How many entries are read at a time."""

LONGEST_QUEUE: Final = 64
"""How many entries wait for a watcher, before it has to read them from the log."""


@dataclass(frozen=True, slots=True)
class Current:
    """All was told that had happened when somebody began to watch. `id` is that of the last entry told, or 0."""

    id: int


class Watching(Generic[E]):
    """All watchers of one log in one process.

    Args:
        database: Where the log is.
        log: What is watched.
    """

    def __init__(self, database: Database, log: Log[E]) -> None:
        self._database = database
        self._log = log
        self._watchers: dict[Feed, set[_Watcher[E]]] = {}
        self._follower: asyncio.Task[None] | None = None
        self._placed = asyncio.Event()
        """Whether the follower has its place in the log: what comes after it, watchers are handed."""

        self._news = asyncio.Event()
        self._closed = False
        self._logger = structlog.get_logger().bind(logger="innkeeper.watching", service=database.name)

    async def watch(self, feed: Feed, after: int) -> AsyncGenerator[E | Current, None]:
        """The entries of a feed after that id, or all that are kept where it is 0; in between, that they are current.

        Ends at `close`. Raises EventNotKept.
        """
        told, is_current = after, False
        with self._watcher(feed) as watcher:
            # Not before the follower has its place: what it passes by without handing it over is read from the log.
            await self._placed.wait()
            while not self._closed:
                watcher.begin()
                page = await self._page(feed, told, gapless=after > 0)
                for entry in page:
                    told = entry.id
                    yield entry
                if len(page) == PAGE:
                    continue
                if not is_current:
                    is_current = True
                    yield Current(told)
                while (handed := await watcher.next()) is not None:
                    if handed.id > told:
                        told = handed.id
                        yield handed

    def close(self) -> None:
        """Ends all watching."""
        self._closed = True
        self._placed.set()
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.end()
        self._stop_following()

    async def _page(self, feed: Feed, after: int, *, gapless: bool) -> list[E]:
        def work(session: Session) -> list[E]:
            if gapless:  # in one look: in between, entries could be forgotten
                self._log.require_kept(session, feed, after)
            return self._log.of_feed(session, feed, after, PAGE)

        return await self._database.read(work)

    @contextmanager
    def _watcher(self, feed: Feed) -> Iterator[_Watcher[E]]:
        watcher = _Watcher[E]()
        self._watchers.setdefault(feed, set()).add(watcher)
        if self._follower is None and not self._closed:
            # In a context of its own: it is no part of the call that happens to be the first.
            self._follower = asyncio.get_running_loop().create_task(self._follow(), context=Context())
        try:
            yield watcher
        finally:
            self._watchers[feed].discard(watcher)
            if not self._watchers[feed]:
                del self._watchers[feed]
            if not self._watchers:
                self._stop_following()

    def _stop_following(self) -> None:
        if self._follower is not None:
            self._follower.cancel()
            self._follower = None
        if not self._closed:
            self._placed.clear()

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(self._news.set)

        self._database.on_events.append(wake)
        try:
            place: int | None = None
            while True:
                self._news.clear()
                try:
                    if place is None:
                        place = await self._database.read(self._log.newest)
                        self._placed.set()
                    place = await self._handed_on(place)
                except Exception as error:
                    self._logger.warning("watching_delayed", error=repr(error), retry_in=PAUSE)
                    await asyncio.sleep(PAUSE)
        finally:
            self._database.on_events.remove(wake)

    async def _handed_on(self, place: int) -> int:
        """Hands on what comes after that place in the log, and returns the place after it."""
        entries = await self._database.read(lambda session: self._log.of_feed(session, ALL, place, PAGE))
        for entry in entries:
            for feed in self._log.feeds_of(entry):
                for watcher in self._watchers.get(feed, ()):
                    watcher.hand(entry)
        if len(entries) == PAGE:
            return entries[-1].id
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await self._news.wait()
        return entries[-1].id if entries else place


class _Watcher(Generic[E]):
    """What was handed to one watcher, and not taken yet."""

    __slots__ = ("_keeps_up", "_news", "_queue")

    def __init__(self) -> None:
        self._queue: deque[E] = deque()
        self._news = asyncio.Event()
        self._keeps_up = True

    def begin(self) -> None:
        """The watcher is about to read the log: what was handed before is there."""
        self._queue.clear()
        self._keeps_up = True

    def hand(self, entry: E) -> None:
        """Keeps an entry for the watcher, unless it does not keep up."""
        if self._keeps_up and len(self._queue) < LONGEST_QUEUE:
            self._queue.append(entry)
            self._news.set()
        else:
            self.end()

    def end(self) -> None:
        """Hands over no more."""
        self._queue.clear()
        self._keeps_up = False
        self._news.set()

    async def next(self) -> E | None:
        """What was handed next, as soon as there is any; None where there is to be no more."""
        while not self._queue:
            if not self._keeps_up:
                return None
            self._news.clear()
            await self._news.wait()
        return self._queue.popleft()
