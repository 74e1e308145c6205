"""Looks for what is left of a person: in every file of the data directory, and in every row of a PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from tests.postgresql import Cluster
from tests.service.privacy.marks import Marks


def found_in(content: bytes, marks: Marks) -> set[str]:
    """The marks of which the content has a trace."""
    return {mark for mark, trace in marks.traces() if trace in content}


def found_below(directory: Path, marks: Marks) -> dict[str, set[str]]:
    """The marks of which each file has a trace, in its name or its bytes; only files that have one."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    assert files
    found = {
        str(path.relative_to(directory)): found_in(str(path).encode() + path.read_bytes(), marks) for path in files
    }
    return {path: traces for path, traces in found.items() if traces}


def found_in_databases(cluster: Cluster, services: Iterable[str], marks: Marks) -> dict[str, set[str]]:
    """The marks of which each table has a trace; bytes are looked at as they are, and all else as text."""
    found = {}
    for service in services:
        with psycopg.connect(cluster.address(service)) as connection:
            for table in _tables(connection):
                for row in connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                    for value in row:
                        content = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                        if traces := found_in(content, marks):
                            found.setdefault(f"{service}.{table}", set()).update(traces)
    return found


def _tables(connection: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    yield from (str(name) for (name,) in connection.execute(query).fetchall())
