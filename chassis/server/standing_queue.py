"""Whether work waits because more comes than is done, and not because much came at once.

A queue that is there for a moment is what queues are for, and a long one that grows shorter needs nothing but time:
two hundred calls at once take seconds on a slow machine, and all of them are answered. What needs help is a queue that
stands (CoDel's word): it is there all the time, and goes on being filled.
"""

from __future__ import annotations

from math import inf

HALF = 0.5
"""Seconds of each of two spells, in both of which the queue has to stand: what holds up the processor for less than a
second, such as a process that starts beside this one, is no overload."""

TOO_LONG = 0.1
"""Seconds that work waits in a queue that stands: a good part of what callers give a call."""

CROWD = 8
"""Calls in hand, or not taken up yet, below which no queue stands: there is nothing to gain by refusing them."""

FILLED = 0.5
"""Calls that come for each that ends, from which on a queue goes on being filled."""


class StandingQueue:
    """Told several times in each spell how long work waits.

    Args:
        now: When the first spell begins, in seconds on the caller's clock.
        calls: How many are in hand or not taken up yet.
        ended: How many ended so far.
    """

    def __init__(self, now: float, calls: int = 0, ended: int = 0) -> None:
        self._spells = 0
        self._wait = self._fewest = inf
        self._begin(now, calls, ended)

    def stands(self, now: float, wait: float, calls: int, ended: int) -> bool:
        """Whether the queue stood for the last two spells. `wait` is how long work has to wait now, in seconds."""
        self._wait, self._fewest = min(self._wait, wait), min(self._fewest, calls)
        if now - self._begun < HALF:
            return False
        done = ended - self._ended
        came = done + calls - self._calls
        stood = self._wait > TOO_LONG and self._fewest > CROWD and came >= FILLED * done
        self._spells = self._spells + 1 if stood else 0
        self._begin(now, calls, ended)
        return self._spells >= 2

    def _begin(self, now: float, calls: int, ended: int) -> None:
        self._begun, self._calls, self._ended = now, calls, ended
        self._wait = self._fewest = inf
