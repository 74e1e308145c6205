"""A service's own database, as the service sees it: units of work, run on a database thread.

`work` is a plain function of a session. It runs in one transaction that is committed when it returns and rolled back
when it raises; it must not call the network. One hop a unit of work, not one a statement, is what keeps this fast.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol, TypeVar

from cryptography.fernet import Fernet
from google.protobuf.message import Message
from sqlalchemy import Engine

from chassis.context import CURRENT, current_call
from chassis.storage.postgresql import Postgresql
from chassis.storage.requests import answered_once
from chassis.storage.session import Session
from chassis.storage.sqlite import Sqlite
from chassis.storage.work import Unit

T = TypeVar("T")
M = TypeVar("M", bound=Message)


class Backend(Protocol):
    """What runs units of work: SQLite, or PostgreSQL."""

    engine: Engine

    def read(self, unit: Unit[Any]) -> Future[Any]: ...
    def write(self, unit: Unit[Any]) -> Future[Any]: ...
    def scrub(self) -> Future[bool]: ...
    def close(self) -> None: ...


class Database:
    """The database of one service.

    Args:
        name: The service.
        backend: Where units of work run.
        seal: Encrypts stored answers that hold secrets.
    """

    def __init__(self, name: str, backend: Backend, seal: Fernet) -> None:
        self.name = name
        self._backend = backend
        self._seal = seal
        self.on_events: list[Callable[[], None]] = []
        """Each is called, on a database thread, when a unit of work that recorded events is stored."""

        self.on_wait: Callable[[float], None] = lambda seconds: None
        """Called, on a database thread, when a unit of work begins, with the seconds that it waited for the thread."""

    @classmethod
    def open(cls, name: str, *, url: str, directory: Path, seal: Fernet) -> Database:
        """Opens the database by URL, or the SQLite file of that name in the directory where the URL is empty."""
        backend = Postgresql(url.replace("{service}", name)) if url else Sqlite(directory / f"{name}.db")
        return cls(name, backend, seal)

    @property
    def engine(self) -> Engine:
        """For migrations and inspection; services use units of work."""
        return self._backend.engine

    async def read(self, work: Callable[[Session], T]) -> T:
        """Returns what `work` returns. Nothing that it writes is kept."""
        result: T = await asyncio.wrap_future(self._backend.read(Unit(self._timed(work))))
        return result

    def look(self, work: Callable[[Session], T], *, within: float) -> T:
        """Does what `read` does, for a thread that may wait. Raises TimeoutError after so many seconds."""
        found: T = self._backend.read(Unit(work)).result(within)
        return found

    async def write(self, work: Callable[[Session], T]) -> T:
        """Returns what `work` returns, once its effect is durable. Whoever stops waiting does not undo it."""
        call = CURRENT.get()
        info = {"traceparent": call.trace.traceparent if call else ""}
        result: T = await asyncio.wrap_future(self._backend.write(Unit(self._timed(work), info, self._stored)))
        return result

    async def command(self, work: Callable[[Session], M]) -> M:
        """A write whose answer is kept under the request id of the call in hand, in the same transaction.

        A repeated call finds the answer and does not run `work` again. Raises RequestIdReused where the repeated
        call has another body. Where `work` raises, nothing is kept, and a repeated call runs it anew.
        """
        return await self.write(answered_once(current_call(), work, self._seal))

    async def scrub(self) -> bool:
        """Leaves nothing of what was deleted in the files of the database, as far as that is in our hands. False where
        somebody read for too long."""
        return await asyncio.wrap_future(self._backend.scrub())

    def close(self) -> None:
        """Waits for the units of work in hand, and closes the database."""
        self._backend.close()

    def _timed(self, work: Callable[[Session], T]) -> Callable[[Session], T]:
        """The work, which tells how long it waited when it begins; not when it begins anew."""
        asked: float | None = time.monotonic()

        def timed(session: Session) -> T:
            nonlocal asked
            if asked is not None:
                self.on_wait(time.monotonic() - asked)
                asked = None
            return work(session)

        return timed

    def _stored(self, info: dict[str, Any]) -> None:
        for tell in info.get("once_stored", ()):
            tell()
        if info.get("recorded"):
            for tell in tuple(self.on_events):
                tell()
