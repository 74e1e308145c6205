"""Brings a service's database to the version of the code (Alembic), or says why it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files

from sqlalchemy import Connection, MetaData, column, func, inspect, select
from sqlalchemy import table as table_clause
from sqlalchemy.exc import DBAPIError

from chassis.errors import StartError
from chassis.storage import tables
from chassis.storage.database import Database

ENVIRONMENT = "chassis.storage.migrations"
ONE_AT_A_TIME = 7_000_002
"""The number of the advisory lock under which a database is upgraded; it has no other meaning."""


@dataclass(frozen=True, slots=True)
class History:
    """One line of schema versions: the package that holds them, the table that says how far a database has come, and
    the tables as the newest version has them."""

    package: str
    version_table: str
    tables: MetaData


@dataclass(frozen=True, slots=True)
class Migration:
    """What a database was brought from and to; None is an empty database."""

    history: History
    before: str | None
    after: str


def histories(migrations: str, metadata: MetaData) -> tuple[History, History]:
    """The two lines of versions in a service's database: the chassis' own tables, and the service's."""
    return (
        History(ENVIRONMENT, "chassis_version", tables.METADATA),
        History(migrations, "alembic_version", metadata),
    )


def migrate(database: Database, migrations: str, metadata: MetaData, *, apply: bool = True) -> list[Migration]:
    """Upgrades the database, and returns what there was to do. With `apply` false it only looks.

    Raises StartError for a database that is damaged, out of reach, or newer than the code.
    """
    with told_at_start(database):
        if database.engine.dialect.name == "sqlite":
            _require_sound(database)
        return [
            step
            for history in histories(migrations, metadata)
            if (step := _upgraded(database, history, apply)) is not None
        ]


@contextmanager
def told_at_start(database: Database) -> Iterator[None]:
    """Raises StartError for whatever the database refuses meanwhile, in its own words on one line."""
    try:
        yield
    except DBAPIError as error:
        why = " ".join(str(error.orig).split())
        raise StartError(f"database of {database.name} ({_where(database)}): {why}") from None


def _upgraded(database: Database, history: History, apply: bool) -> Migration | None:
    newest, known = _versions(history)
    with database.engine.connect() as connection:
        before = _version(connection, history.version_table)
    if before == newest:
        return None
    if before is not None and before not in known:
        raise StartError(
            f"database of {database.name} ({_where(database)}) is at version {before}, which this code does not know:"
            " it is newer than the code; run the version of Innkeeper that wrote it, or a later one"
        )
    if apply:
        _run_alembic(database, history)
    return Migration(history, before, newest)


def _versions(history: History) -> tuple[str, frozenset[str]]:
    """The newest version, and all of them, from the file names: `0001_initial.py` is version 0001."""
    names = (entry.name for entry in (files(history.package) / "versions").iterdir())
    versions = sorted(name.split("_")[0] for name in names if name[:4].isdigit() and name.endswith(".py"))
    return versions[-1], frozenset(versions)


def _version(connection: Connection, table: str) -> str | None:
    if not inspect(connection).has_table(table):
        return None
    return connection.execute(select(column("version_num")).select_from(table_clause(table))).scalar()


def _run_alembic(database: Database, history: History) -> None:
    from alembic import command  # loaded only when there is something to do: it takes a third of a second
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files(ENVIRONMENT)))
    config.set_main_option("version_locations", str(files(history.package) / "versions"))
    config.set_main_option("path_separator", "newline")
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # SQLite lets in one writer at a time anyway
            connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        config.attributes.update(connection=connection, version_table=history.version_table, tables=history.tables)
        command.upgrade(config, "head")
        connection.commit()


def _require_sound(database: Database) -> None:
    with database.engine.connect() as connection:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        connection.exec_driver_sql("PRAGMA shrink_memory")  # the check has filled the page cache
    if verdict != "ok":
        raise StartError(f"{_where(database)}: the database file is damaged ({verdict}); restore it from a backup")


def _where(database: Database) -> str:
    return database.engine.url.database or "" if database.engine.dialect.name == "sqlite" else str(database.engine.url)
