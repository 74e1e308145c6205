"""How many WebSockets are open, and of whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chassis.errors import platform_error


class Places:
    """The WebSockets of one process.

    Args:
        most: How many it keeps open.
        most_of_one: How many of them one user or client may have.
    """

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one_for(self, subject: str) -> Iterator[None]:
        """Has one more be open, for as long as the block lasts. Raises CallFailed where that would be too many."""
        if self._taken.total() >= self._most:
            raise platform_error("OVERLOADED", "this server keeps no more WebSockets open", retry_after=5.0)
        if self._taken[subject] >= self._most_of_one:
            raise platform_error(
                "RATE_LIMITED", f"{subject} has {self._most_of_one} WebSockets open: close one first", retry_after=5.0
            )
        self._taken[subject] += 1
        try:
            yield
        finally:
            self._taken[subject] -= 1
            if not self._taken[subject]:
                del self._taken[subject]
