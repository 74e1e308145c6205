"""SQLite: one writer thread that commits several units of work at once, and a pool of readers.

A file has one writer at a time whatever the number of threads, and the durable commit is what takes long. So all
writes go through one thread, which runs every unit of work that waits, each in a savepoint of its own, and commits
them together.
"""

from __future__ import annotations

import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from chassis.errors import StartError
from chassis.storage.session import Session
from chassis.storage.work import Unit

LARGEST_BATCH = 64
READERS = 2
LONGEST_WAIT = 10.0
"""Seconds to wait for another process that writes."""

SCRUB_WAIT = 1.0
"""Seconds to wait for readers; meanwhile nobody writes."""


class Sqlite:
    """A database in one file. Units of work become visible to readers once they are durable."""

    def __init__(self, path: Path) -> None:
        _require_writable(path)
        self._path = path
        self.engine = _engine(path, begin="BEGIN IMMEDIATE", connections=1)
        self._reading = _engine(path, begin="BEGIN", connections=READERS)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"{path.stem}-reader")
        self._units: queue.SimpleQueue[tuple[Unit[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_until_closed, name=f"{path.stem}-writer", daemon=True)
        self._writer.start()

    def read(self, unit: Unit[Any]) -> Future[Any]:
        """Runs a unit of work that changes nothing, on one of the reader threads."""
        return self._readers.submit(self._run_reading, unit)

    def write(self, unit: Unit[Any]) -> Future[Any]:
        """Runs a unit of work on the writer thread; the future is done when its commit is durable."""
        future: Future[Any] = Future()
        self._units.put((unit, future))
        return future

    def scrub(self) -> Future[bool]:
        """Empties the write-ahead log, which holds pages as they were before; the file itself holds nothing that was
        deleted (secure_delete). False where a reader kept it from doing so."""
        return self._readers.submit(self._empty_log)

    def _empty_log(self) -> bool:
        with closing(sqlite3.connect(self._path, timeout=SCRUB_WAIT, isolation_level=None)) as connection:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        """Waits for what is in hand, then closes all connections."""
        self._units.put(None)
        self._writer.join()
        self._readers.shutdown()
        self._reading.dispose()
        self.engine.dispose()

    def _run_reading(self, unit: Unit[Any]) -> Any:
        with self._reading.connect() as connection:
            return unit.work(Session(connection, unit.info))

    def _write_until_closed(self) -> None:
        while (first := self._units.get()) is not None:
            batch, closing = [first], False
            while len(batch) < LARGEST_BATCH and not self._units.empty():
                following = self._units.get()
                if following is None:
                    closing = True
                    break
                batch.append(following)
            self._commit([entry for entry in batch if entry[1].set_running_or_notify_cancel()])
            if closing:
                return

    def _commit(self, batch: list[tuple[Unit[Any], Future[Any]]]) -> None:
        settle: list[Callable[[], None]] = []
        try:
            with self.engine.begin() as connection:
                settle = [_in_savepoint(connection, unit, future) for unit, future in batch]
        except BaseException as error:  # the commit itself failed: nothing of the batch is stored
            for _, future in batch:
                future.set_exception(error)
            return
        for settled in settle:
            settled()


def _in_savepoint(connection: Connection, unit: Unit[Any], future: Future[Any]) -> Callable[[], None]:
    """Runs the unit, and returns what tells its caller how it went, once the commit has gone well.

    Raises what the unit raised where SQLite has undone the whole transaction for it, as when the disk is full.
    """
    refused: BaseException | None = None
    run = connection.connection.cursor().execute  # SQLAlchemy's own savepoints cost more than many a unit of work
    try:
        run("SAVEPOINT unit")
        session = Session(connection, unit.info)
        try:
            result = unit.work(session)
            run("RELEASE SAVEPOINT unit")
        except BaseException as error:
            refused = error
            run("ROLLBACK TO SAVEPOINT unit")
            run("RELEASE SAVEPOINT unit")
        unit.info = session.info
    except sqlite3.Error as no_savepoint:
        raise (refused or no_savepoint) from None
    if refused is not None:
        return partial(future.set_exception, refused)
    return lambda: unit.committed(future, result)


def _engine(path: Path, *, begin: str, connections: int) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": LONGEST_WAIT},
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        _keep_log(connection)
        # What is wiped is overwritten, such as a card token, whatever the SQLite at hand was built to do.
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-2048", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _keep_log(connection: Any) -> None:
    """Turns write-ahead logging on. Of two processes that open a new file at once SQLite refuses one, and does not have
    it wait as it does everywhere else."""
    give_up = time.monotonic() + LONGEST_WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        time.sleep(0.01)


def _require_writable(path: Path) -> None:
    if path.exists() and not os.access(path, os.W_OK):
        raise StartError(f"{path}: the database file is not writable")
