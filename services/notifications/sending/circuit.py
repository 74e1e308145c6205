"""Keeps from asking again and again for what is away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(seconds=30)


class Circuit:
    """Closed while all is well. Trips when something is away; after a pause one may try again, and so find out.

    The pauses are 1 s, 2 s … 30 s.
    """

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE
        self._until: datetime | None = None

    @property
    def closed(self) -> bool:
        """Whether all may go on."""
        return self._until is None

    def lets_one_try(self, now: datetime) -> bool:
        """Whether the pause is over."""
        return self._until is not None and now >= self._until

    def trip(self, now: datetime) -> datetime:
        """It is away, still or from now on: returns until when nobody asks. Those who asked together trip it once."""
        if self._until is None or now >= self._until:
            self._until = now + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        return self._until

    def reset(self) -> None:
        """It is back."""
        self._pause, self._until = FIRST_PAUSE, None
