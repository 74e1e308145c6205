"""The processes that print: started when there is something to print, and ended when there is nothing for a while.

Printing is computing, which would hold up the event loop; and a process with gRPC in it must not fork.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec

from services.documents.document import Document
from services.documents.printed import Printed
from services.documents.refusals import RendererBusy, RendererFailed, TooLong
from services.documents.worker import PrintingFailed, Worker, WorkerDied

WAITING: Final = 100
"""How many documents wait for a process, for each that there may be."""

IDLE: Final = 60.0
"""Seconds without work after which a process is ended: it takes some 60 MiB."""


class Workers:
    """Args:
    limit: How many processes there are at most.
    waiting: How many documents may wait for each of them.
    idle: Seconds without work after which one is ended.
    """

    def __init__(
        self,
        limit: int,
        *,
        waiting: int = WAITING,
        idle: float = IDLE,
        make: Callable[[], Worker] = Worker,
    ) -> None:
        self._limit = limit
        self._places = asyncio.Semaphore(limit)
        self._may_wait = waiting * limit
        self._waiting = 0
        self._idle_seconds = idle
        self._make = make
        self._idle: list[tuple[Worker, asyncio.TimerHandle]] = []
        self._ending: set[asyncio.Future[None]] = set()
        self._threads = ThreadPoolExecutor(limit, "documents")
        self._encoder = msgspec.msgpack.Encoder()

    async def print(self, document: Document) -> Printed:
        """The document as PDF. Raises RendererBusy, RendererFailed, TooLong, PrintingFailed."""
        if self._places.locked() and self._waiting >= self._may_wait:
            raise RendererBusy("as many documents wait as may wait: try again", retry_after=1.0)
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            return await self._printed(self._encoder.encode(document))
        finally:
            self._places.release()

    async def stop(self) -> None:
        """Ends all processes; none of them may have anything in hand."""
        while self._idle:
            self._end(self._idle[0][0])
        await asyncio.gather(*self._ending)
        self._threads.shutdown(wait=False)

    async def _printed(self, document: bytes) -> Printed:
        for first in (True, False):
            worker = self._taken() if first else self._make()  # one that rested may have died in its sleep
            try:
                printed = await asyncio.get_running_loop().run_in_executor(self._threads, worker.print, document)
            except WorkerDied:
                continue
            except TooLong:
                raise
            except PrintingFailed:
                self._rest(worker)
                raise
            except BaseException:  # nobody waits for it any more
                worker.kill()
                self._reap(worker)
                raise
            self._rest(worker)
            return printed
        raise RendererFailed("the process that prints died over this document: try again", retry_after=1.0)

    def _taken(self) -> Worker:
        """The one that has rested for the shortest time, so that those not needed come to their end."""
        if not self._idle:
            return self._make()
        worker, timer = self._idle.pop()
        timer.cancel()
        return worker

    def _rest(self, worker: Worker) -> None:
        timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._end, worker)
        self._idle.append((worker, timer))
        if len(self._idle) > self._limit:
            self._end(self._idle[0][0])

    def _end(self, worker: Worker) -> None:
        at = next(index for index, (idle, _) in enumerate(self._idle) if idle is worker)
        self._idle.pop(at)[1].cancel()
        self._reap(worker)

    def _reap(self, worker: Worker) -> None:
        """Ends it beside all else; `stop` waits for that."""
        ending = asyncio.get_running_loop().run_in_executor(self._threads, worker.end)
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
