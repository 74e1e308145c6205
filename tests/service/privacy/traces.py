"""Looks for what is left of a person: in every file of the data directory, and in every row of a PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from tests.postgresql import Cluster

LARGE: Final = 4 * 1024 * 1024

Trace = tuple[str, bytes]
"""A mark, and what it may look like."""


def found_in(content: bytes, traces: Iterable[Trace]) -> set[str]:
    """The marks of which the content has a trace; in that of the gazetteer's size only the marks as they are."""
    large = len(content) > LARGE
    return {mark for mark, trace in traces if (not large or trace == mark.encode()) and trace in content}


def found_below(directory: Path, traces: Collection[Trace]) -> dict[str, set[str]]:
    """The marks of which each file has a trace, in its name or its bytes; only files that have one."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    assert files
    found = {
        str(path.relative_to(directory)): found_in(str(path).encode() + path.read_bytes(), traces) for path in files
    }
    return {path: marks for path, marks in found.items() if marks}


def found_in_databases(cluster: Cluster, services: Iterable[str], traces: Collection[Trace]) -> dict[str, set[str]]:
    """The marks of which each table has a trace; only tables that have one."""
    found = {}
    for service in services:
        with psycopg.connect(cluster.address(service)) as connection:
            for table in _tables(connection):
                rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
                content = b"\0".join(_content(value) for row in rows for value in row)
                found[f"{service}.{table}"] = found_in(content, traces)
    return {table: marks for table, marks in found.items() if marks}


def _content(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def _tables(connection: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    yield from (str(name) for (name,) in connection.execute(query).fetchall())
