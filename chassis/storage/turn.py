"""Has processes that start on one SQLite database begin one after the other.

What a first start writes, such as a gazetteer, takes longer than one writer waits for another.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.storage.database import Database


@contextmanager
def turn(database: Database) -> Iterator[None]:
    """It is this process' turn while the block lasts. The lock (flock(2)) ends with the process at the latest.

    PostgreSQL has several writers, and migrations take a lock of its own.
    """
    if database.engine.dialect.name != "sqlite":
        yield
        return
    with Path(f"{database.engine.url.database}.start").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
