"""What happens to all, brought by one stream for all WebSockets of the process: one for each would take more than the
WebSocket itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from contextvars import Context
from typing import Final

import grpc
import structlog

from services.web.live.closing import CloseCode, Ended
from services.web.live.event import CURRENT, LiveEvent, concerned
from services.web.live.watch import LONGEST_PAUSE, OpenStream, watch

LONGEST_QUEUE: Final = 256
"""How many events wait for one client."""


class Subscriber:
    """The events that wait for one client: most of the time none, and then they take little memory."""

    __slots__ = ("_ended", "_events", "_news")

    def __init__(self) -> None:
        self._events: list[LiveEvent] = []
        self._news: asyncio.Future[None] | None = None
        self._ended: Ended | None = None

    def put(self, event: LiveEvent) -> None:
        """One more event; where that is one too many, there will be no more. After the end it is left out, since what
        came before it is not there."""
        if self._ended is not None:
            return
        if len(self._events) < LONGEST_QUEUE:
            self._events.append(event)
            self._tell()
        else:
            self.end(Ended(CloseCode.TOO_SLOW, "more has happened than was taken"))

    def end(self, ended: Ended) -> None:
        """There are to be no more events."""
        self._events.clear()
        self._ended = ended
        self._tell()

    async def next(self) -> LiveEvent:
        """The next event, as soon as there is one. Raises Ended."""
        while not self._events:
            if self._ended is not None:
                raise self._ended
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        return self._events.pop(0)

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)


class Hub:
    """Hands each event of one service to the subscribers of whatever it is an event of.

    Args:
        open_stream: Opens a stream of all events, after that one; of 0, of those that happen from now on. The token is
            the service's own, and not given.
    """

    def __init__(self, open_stream: OpenStream) -> None:
        self._open_stream = open_stream
        self._subscribers: dict[str, set[Subscriber]] = {}
        self._task: asyncio.Task[None] | None = None
        self._placed = asyncio.Event()
        self._log = structlog.get_logger().bind(logger="innkeeper.web.live")

    @contextmanager
    def subscribed(self, name: str) -> Iterator[Subscriber]:
        """One more subscriber to what happens to the resource of that name, for as long as the block lasts."""
        subscriber = Subscriber()
        self._subscribers.setdefault(name, set()).add(subscriber)
        if self._task is None:
            # In a context of its own: it is no part of the request that happens to be the first.
            self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())
        try:
            yield subscriber
        finally:
            self._subscribers[name].discard(subscriber)
            if not self._subscribers[name]:
                del self._subscribers[name]
            if not self._subscribers:
                self.stop()

    async def placed(self) -> None:
        """Returns when what happens from then on will reach all who have subscribed."""
        await self._placed.wait()

    def stop(self) -> None:
        """Ends the stream."""
        if self._task is not None:
            self._task.cancel()
        self._task = None
        self._placed.clear()

    async def _run(self) -> None:
        while True:
            last = 0
            try:
                async with aclosing(watch(self._open_stream, "", 0)) as events:
                    async for event in events:
                        if event.type == CURRENT and event.id != last:
                            # A beginning. As long as nothing has ever happened, every stream begins when it is opened.
                            self._lose()
                        last = event.id
                        self._placed.set()
                        for name in concerned(event):
                            for subscriber in self._subscribers.get(name, ()):
                                subscriber.put(event)
            except grpc.aio.AioRpcError as error:
                self._log.warning("live_delayed", code=error.code().name, error=error.details())
            except Exception as error:
                self._log.error("live_delayed", error=repr(error))
            self._lose()
            await asyncio.sleep(LONGEST_PAUSE)

    def _lose(self) -> None:
        """The place in the order of events is lost: those who were handed some have to find theirs by themselves."""
        if self._placed.is_set():
            self._placed.clear()
            for subscribers in self._subscribers.values():
                for subscriber in subscribers:
                    subscriber.end(Ended(CloseCode.INTERNAL_ERROR, "come again, after the last event that came"))
