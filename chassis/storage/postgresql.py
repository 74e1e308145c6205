"""PostgreSQL: a pool of threads with a connection each, and another try where transactions got in each other's way."""

from __future__ import annotations

import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from chassis.storage.session import Session
from chassis.storage.work import Unit

THREADS = 10
TRIES = 8
CONFLICTS = frozenset({"40001", "40P01"})
"""serialization_failure and deadlock_detected: the same transaction may succeed when it runs again."""


class Postgresql:
    """A database on a server, by URL."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, pool_size=THREADS, max_overflow=0, pool_pre_ping=True, hide_parameters=True)
        self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._writing = self.engine.execution_options(isolation_level="SERIALIZABLE")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="postgresql")

    def read(self, unit: Unit[Any]) -> Future[Any]:
        """Runs a unit of work that changes nothing, and sees one state of the database all the while."""
        return self._threads.submit(self._run_reading, unit)

    def write(self, unit: Unit[Any]) -> Future[Any]:
        """Runs a unit of work as a serializable transaction, again where it conflicted with another."""
        future: Future[Any] = Future()
        self._threads.submit(self._run_writing, unit, future)
        return future

    def scrub(self) -> Future[bool]:
        """Does nothing: the server's vacuum does it, in its own time."""
        done: Future[bool] = Future()
        done.set_result(True)
        return done

    def close(self) -> None:
        """Waits for what is in hand, then closes all connections."""
        self._threads.shutdown()
        self.engine.dispose()

    def _run_reading(self, unit: Unit[Any]) -> Any:
        with self._reading.connect() as connection:
            return unit.work(Session(connection, unit.info))

    def _run_writing(self, unit: Unit[Any], future: Future[Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        for attempt in range(1, TRIES + 1):
            try:
                with self._writing.begin() as connection:
                    session = Session(connection, unit.info)
                    result = unit.work(session)
            except BaseException as error:
                if attempt < TRIES and _is_conflict(error):
                    time.sleep(random.uniform(0, 0.01 * 2**attempt))
                    continue
                future.set_exception(error)
                return
            unit.info = session.info
            unit.committed(future, result)
            return


def _is_conflict(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in CONFLICTS
