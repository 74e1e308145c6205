"""Tells a database that cannot do its work just now from one that was asked for something wrong."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError

SQLITE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOTADB,
    }
)
"""Result codes for which the file, the disk or another process is the reason (https://sqlite.org/rescode.html)."""

POSTGRESQL: Final = frozenset({"08", "40", "53", "57", "58"})
"""Classes of SQLSTATE: the connection, a conflict that would not end, resources, an operator's doing, the system."""


def cause_of(error: DBAPIError) -> str | None:
    """Why the database cannot do its work, in its own words on one line; None where it is not the reason."""
    said = " ".join(str(error.orig).split())
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", None)
        return said if code is not None and code & 0xFF in SQLITE else None
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # the server did not even say what is wrong
        return said if isinstance(error, OperationalError) else None
    return said if state[:2] in POSTGRESQL else None
