"""A PostgreSQL of the test run's own: made in a temporary directory, reached by a socket in it, gone at the end."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

USER = "innkeeper"
PATIENCE = 30.0
"""Seconds that a start or a stop may take on a busy machine."""

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "listen_addresses=")
"""What is lost when the machine stops is of no interest here."""


class Cluster:
    """A running server, for one test at a time.

    Args:
        directory: Where its socket is.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._databases: set[str] = set()

    def url(self, *services: str) -> str:
        """Has an empty database for each of the services; returns the URL that `INNKEEPER_DATABASE_URL` takes."""
        for service in services:
            if service in self._databases:
                self._execute(service, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
            else:
                self._execute("postgres", f'CREATE DATABASE "{service}"')
                self._databases.add(service)
        return f"postgresql+psycopg://{USER}@/{{service}}?host={self._directory}"

    def address(self, database: str = "postgres") -> str:
        """How psycopg connects to one of the databases."""
        return f"host={self._directory} user={USER} dbname={database}"

    def _execute(self, database: str, *statements: str) -> None:
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A running PostgreSQL. Where there is none to run, CI fails, and elsewhere the test is not run."""
    binaries = _binaries()
    if binaries is None:
        missing = "PostgreSQL is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(f"not run: {missing}")
    with tempfile.TemporaryDirectory(prefix="innkeeper-pg-") as scratch, _running(binaries, Path(scratch)) as cluster:
        yield cluster


def _binaries() -> Path | None:
    """Where the server's programs are: on the path, or where Debian keeps them."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    return max(versions, key=lambda path: float(path.parent.name), default=None)


@contextmanager
def _running(binaries: Path, directory: Path) -> Iterator[Cluster]:
    """PostgreSQL refuses to run as root: as root it runs as the user that Debian's package makes for it."""
    as_whom: dict[str, Any] = {"cwd": "/"}
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(directory, account.pw_uid, account.pw_gid)
        as_whom |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()}
    data = directory / "data"
    make = [
        "--no-sync",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        f"--username={USER}",
        f"--pgdata={data}",
    ]
    subprocess.run([binaries / "initdb", *make], check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE, **as_whom)
    options = itertools.chain.from_iterable(("-c", option) for option in QUICK)
    with (
        (directory / "log").open("w") as log,
        subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", directory, *options], stdout=log, stderr=log, **as_whom
        ) as server,
    ):
        try:
            _await_start(server, directory)
            yield Cluster(directory)
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: whoever is still connected is cut off
            server.wait(PATIENCE)


def _await_start(server: subprocess.Popen[bytes], directory: Path) -> None:
    deadline, moment = time.monotonic() + PATIENCE, threading.Event()
    while True:
        try:
            psycopg.connect(Cluster(directory).address()).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((directory / "log").read_text()) from None
            moment.wait(0.02)
