"""What the databases hold, to be compared before and after calls that must leave no trace."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import ExitStack, closing
from typing import Final

from services.catalogue import CATALOGUE
from tests.contract.calls.world import World

LARGE: Final = 5_000
"""Rows from which on a table is not read: the gazetteer's."""

COUNTING: Final = {"instances": f" WHERE process_id <> {os.getpid()}"}
"""Which rows count of a table where not all do: how busy this process itself is, it tells every few seconds."""

UNDER_WAY: Final = """
    SELECT count(*) FROM mails
    WHERE state = 'QUEUED' AND (holder <> '' OR next_attempt_time <= strftime('%Y-%m-%d %H:%M:%f', 'now'))
"""
"""How many mails are being sent, or are about to be."""


class Stored:
    """Looks at the databases from outside, for as long as the block lasts.

    A database is read anew only where somebody has committed to it: SQLite tells (`PRAGMA data_version`).
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._open = ExitStack()
        self._connections = {
            service.name: self._open.enter_context(closing(self._connect(service.name)))
            for service in CATALOGUE
            if service.tables is not None
        }
        self._read = dict.fromkeys(self._connections, (-1, 0))

    def __enter__(self) -> Stored:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def now(self) -> dict[str, int]:
        """For each service, a number that changes with any row of any of its tables, the chassis' own among them."""
        for name, connection in self._connections.items():
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._read[name][0]:
                self._read[name] = version, _digest(connection)
        return {name: digest for name, (_, digest) in self._read.items()}

    async def settled(self) -> dict[str, int]:
        """The same, when every event so far has taken effect, and every mail that is due was tried."""
        await self._world.running.settled()
        while self._connections["notifications"].execute(UNDER_WAY).fetchone()[0]:  # noqa: ASYNC110 - no file tells
            await asyncio.sleep(0.02)
        return self.now()

    def _connect(self, service: str) -> sqlite3.Connection:
        path = self._world.running.platform.settings.data_dir / f"{service}.db"
        return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


def _digest(connection: sqlite3.Connection) -> int:
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return hash(tuple(_rows(connection, table) for table in tables))


def _rows(connection: sqlite3.Connection, table: str) -> int:
    rows = connection.execute(f'SELECT * FROM "{table}"{COUNTING.get(table, "")} LIMIT {LARGE}').fetchall()
    return LARGE if len(rows) == LARGE else hash(frozenset(rows))
