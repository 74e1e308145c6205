"""Schema versions lead to the tables that the code knows, and back, on both kinds of database."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy import inspect

from chassis.errors import StartError
from chassis.service import Service
from chassis.storage.database import Database
from chassis.storage.migrate import ENVIRONMENT, History, histories, migrate
from services.catalogue import CATALOGUE
from tests.postgresql import Cluster
from tests.toy.service import METADATA

SEAL = Fernet(Fernet.generate_key())
TOY = "tests.toy.migrations"


def opened(url: str, directory: Path, name: str = "toy") -> Iterator[Database]:
    database = Database.open(name, url=url, directory=directory, seal=SEAL)
    try:
        yield database
    finally:
        database.close()


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """An empty database for a toy."""
    yield from opened(database_url, tmp_path)


@pytest.fixture(
    params=[service for service in CATALOGUE if service.tables is not None], ids=lambda service: service.name
)
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = request.param
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def of_service(request: pytest.FixtureRequest, service: Service, tmp_path: Path) -> Iterator[Database]:
    """An empty database for the service in hand."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql").url(service.name)
    yield from opened(url, tmp_path, service.name)


def differences(database: Database, history: History) -> list[Any]:
    """What Alembic would change to bring the database to the tables that the code knows."""

    def ours(_: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
        return not (kind == "table" and reflected and compare_to is None and name not in history.tables.tables)

    with database.engine.connect() as connection:
        options = {"include_object": ours, "compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), history.tables))


def run(database: Database, history: History, to: str) -> None:
    """Goes back, or forth, to a version."""
    config = Config()
    config.set_main_option("script_location", str(files(ENVIRONMENT)))
    config.set_main_option("version_locations", str(files(history.package) / "versions"))
    config.set_main_option("path_separator", "newline")
    with database.engine.connect() as connection:
        config.attributes.update(connection=connection, version_table=history.version_table, tables=history.tables)
        (command.downgrade if to == "base" else command.upgrade)(config, to)
        connection.commit()


def table_names(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_the_versions_lead_to_the_tables_and_back(of_service: Database, service: Service) -> None:
    steps = migrate(of_service, service.migrations, service.tables())
    assert [(step.before, step.history.package) for step in steps] == [(None, ENVIRONMENT), (None, service.migrations)]
    for history in histories(service.migrations, service.tables()):
        assert differences(of_service, history) == []
    before = table_names(of_service)
    for history in histories(service.migrations, service.tables()):
        run(of_service, history, "base")
    assert table_names(of_service) == {"alembic_version", "chassis_version"}
    assert len(migrate(of_service, service.migrations, service.tables())) == 2
    assert table_names(of_service) == before


def test_a_difference_would_be_seen(database: Database) -> None:
    migrate(database, TOY, METADATA)
    history = histories(TOY, METADATA)[1]
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE notes ADD COLUMN colour VARCHAR(8)")
    assert [difference[0] for difference in differences(database, history)] == ["remove_column"]


def test_there_is_nothing_to_do_a_second_time(database: Database) -> None:
    assert migrate(database, TOY, METADATA, apply=False) != []
    assert table_names(database) == set(), "looking changes nothing"
    migrate(database, TOY, METADATA)
    assert migrate(database, TOY, METADATA) == []


def test_processes_that_start_at_once(database: Database, database_url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.service.chassis.migrator", str(tmp_path), database_url]
    with ExitStack() as stack:
        starting = [
            stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
            for _ in range(2)
        ]
        for process in starting:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in starting:
            assert process.stdin is not None
            print("go", file=process.stdin, flush=True)
        assert [process.communicate(timeout=30)[0] for process in starting] == ["done\n", "done\n"]
    assert migrate(database, TOY, METADATA) == []


def test_a_database_newer_than_the_code(database: Database) -> None:
    migrate(database, TOY, METADATA)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    with pytest.raises(StartError, match=r"database of toy .* is at version 0002, .*newer than the code"):
        migrate(database, TOY, METADATA)


def test_a_table_that_is_there_already(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (name VARCHAR(8))")
    with pytest.raises(StartError, match=r"database of toy .*already exists") as raised:
        migrate(database, TOY, METADATA)
    assert "\n" not in str(raised.value)
    assert "alembic_version" not in table_names(database), "nothing is half done"


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "toy.db").write_bytes(b"no database at all, but a text that is long enough" * 100)
    for database in opened("", tmp_path):
        with pytest.raises(StartError, match=f"{tmp_path}/toy.db.*not a database"):
            migrate(database, TOY, METADATA)


def test_a_damaged_file(tmp_path: Path) -> None:
    file = tmp_path / "toy.db"
    for database in opened("", tmp_path):
        migrate(database, TOY, METADATA)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.executemany("INSERT INTO notes VALUES (?, ?)", [(f"n{n}", "x" * 200 + str(n)) for n in range(500)])
    connection.close()
    content = file.read_bytes()
    file.write_bytes(content[:8192] + b"\xee" * 65536 + content[8192 + 65536 :])
    for database in opened("", tmp_path):
        with pytest.raises(StartError, match=f"{tmp_path}/toy.db"):
            migrate(database, TOY, METADATA)


def test_a_file_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "toy.db").touch()
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(StartError, match=f"{tmp_path}/toy.db: the database file is not writable"):
        Database.open("toy", url="", directory=tmp_path, seal=SEAL)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        pytest.param("innkeeper:hunter2@/{service}?host=/nowhere", "No such file", id="no server"),
        pytest.param("innkeeper:hunter2@127.0.0.1:1/{service}?connect_timeout=2", "refused", id="nobody there"),
    ],
)
def test_a_server_out_of_reach(tmp_path: Path, address: str, words: str) -> None:
    for database in opened(f"postgresql+psycopg://{address}", tmp_path):
        with pytest.raises(StartError, match=f"database of toy .*{words}") as raised:
            migrate(database, TOY, METADATA)
        assert "hunter2" not in str(raised.value)
        assert "\n" not in str(raised.value)


def test_a_database_that_nobody_made(postgresql: Cluster, tmp_path: Path) -> None:
    for database in opened(postgresql.url("toy"), tmp_path, "nobodys"):
        with pytest.raises(StartError, match=r"database of nobodys .*nobodys.* does not exist"):
            migrate(database, TOY, METADATA)
