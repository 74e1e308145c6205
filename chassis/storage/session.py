"""What a unit of work works with: one transaction of its database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection


class Session:
    """A transaction that is under way. Whoever began it commits it, or rolls it back.

    It is the connection's own methods and some information about the transaction. SQLAlchemy's session looks the same
    to a unit of work and keeps track of mapped objects besides; nothing is mapped here, and the half of the library
    that does it would take 6 MiB of every process.

    Args:
        connection: Where the transaction runs.
        info: What goes with it from one layer to another; the session works on a copy.
    """

    def __init__(self, connection: Connection, info: Mapping[str, Any]) -> None:
        self._connection = connection
        self.info = dict(info)
        self.execute = connection.execute
        self.scalar = connection.scalar
        self.scalars = connection.scalars
        self.begin_nested = connection.begin_nested

    def once_stored(self, tell: Callable[[], None]) -> None:
        """Has `tell` called, on a database thread, once the transaction is durable, and never where it is not. What was
        asked for in a savepoint that was undone is called all the same."""
        self.info.setdefault("once_stored", []).append(tell)

    def connection(self) -> Connection:
        """The connection itself, for what is no statement of SQLAlchemy's."""
        return self._connection
