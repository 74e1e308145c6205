"""How long to wait before a process that has ended is started again."""

from __future__ import annotations

FIRST = 0.5
LONGEST = 30.0
SETTLED = 10.0
"""Seconds that a process has to run for its end not to count as one of a series."""


class Backoff:
    """Waits longer with each process of a series that ended early: 0.5 s, 1 s, 2 s … 30 s."""

    def __init__(self) -> None:
        self._next = FIRST

    def pause(self, *, ran: float, planned: bool) -> float:
        """Seconds to wait; none for a process that ran for a while, or that was ready and ended as it was told to.

        Args:
            ran: Seconds that the process ran.
            planned: Whether it ended well, after it had been ready.
        """
        if planned or ran > SETTLED:
            self._next = FIRST
            return 0.0
        pause, self._next = self._next, min(2 * self._next, LONGEST)
        return pause
