"""A database that is out of order is told from one that was asked for something wrong."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from chassis.storage.outage import cause_of


def of_sqlite(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("so it\nis")
    error.sqlite_errorcode = code
    return error


ERRORS = [
    pytest.param(of_sqlite(sqlite3.SQLITE_FULL), True, id="a full disk"),
    pytest.param(of_sqlite(sqlite3.SQLITE_IOERR_WRITE), True, id="an extended code"),
    pytest.param(of_sqlite(sqlite3.SQLITE_BUSY), True, id="locked by another process"),
    pytest.param(of_sqlite(sqlite3.SQLITE_ERROR), False, id="no such table"),
    pytest.param(of_sqlite(sqlite3.SQLITE_CONSTRAINT_UNIQUE), False, id="a constraint"),
    pytest.param(sqlite3.ProgrammingError("so it\nis"), False, id="a mistake in our code"),
    pytest.param(errors.DiskFull("so it\nis"), True, id="a full disk of the server"),
    pytest.param(errors.AdminShutdown("so it\nis"), True, id="a server that was stopped"),
    pytest.param(errors.SerializationFailure("so it\nis"), True, id="a conflict without end"),
    pytest.param(errors.UndefinedTable("so it\nis"), False, id="no such table on the server"),
    pytest.param(psycopg.OperationalError("so it\nis"), True, id="a server that does not answer"),
    pytest.param(psycopg.InterfaceError("so it\nis"), False, id="a mistake with the driver"),
]


@pytest.mark.parametrize(("error", "out_of_order"), ERRORS)
def test_what_the_database_is_the_reason_of(error: Exception, out_of_order: bool) -> None:
    driver = sqlite3.Error if isinstance(error, sqlite3.Error) else psycopg.Error
    wrapped = DBAPIError.instance("SELECT 1", (), error, driver)
    assert isinstance(wrapped, DBAPIError)
    assert cause_of(wrapped) == ("so it is" if out_of_order else None)
