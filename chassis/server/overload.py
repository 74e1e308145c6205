"""Whether more work comes than the process can do, and how much of it may be in hand then.

What tells is the time that work waits for its turn, as in CoDel and DAGOR, and not how long calls take: that is the
method's own affair. Work waits in three places: calls that nobody has taken up yet (the backlog), whatever is due on
the event loop (its lag), and units of work before a database thread. Where a queue stands there is overload.

From then on the number of calls in hand is limited, by half and half again until nothing waits for long (AIMD, as in
TCP). It grows again, quickly where nobody is refused any more, carefully where somebody is, nothing waits and the
processor has time to spare: Python runs on one core, and where that has none left, more calls at a time only take
turns. When the limit is back at its upper bound, the overload is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf

import structlog

from chassis.server.backlog import Backlog
from chassis.server.priority import Priority
from chassis.server.standing_queue import StandingQueue

TICKS = 4
"""After so many the waiting is judged: one that was late says nothing."""

SHORT = 0.01
"""Seconds that work may wait under overload."""

LEAST = 1
"""Calls that may be in hand in any case: where Python is what is busy, more only take turns."""

SPARE = 0.9
"""Share of one core up to which there is time to spare."""


class Overload:
    """How many calls may be in hand.

    Args:
        most: The upper bound of the limit, which holds where there is no overload.
        clock, processor_time: In seconds.
    """

    def __init__(
        self,
        most: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        processor_time: Callable[[], float] = time.process_time,
    ) -> None:
        self.in_hand = 0
        self.ended = 0
        """Calls that were in hand and are not any more."""

        self.limit = float(most)
        """How many reads may be in hand; see `Priority` for others."""

        self.backlog: Backlog | None = None
        """Set where calls come over a socket."""

        self._most = most
        self._clock = clock
        self._processor_time = processor_time
        self._waits: list[float] = []
        self._last_wait = 0.0
        self._log = structlog.get_logger().bind(logger="innkeeper.overload")
        self._seen = self._ticks = self._peak = 0
        self._lag = self._waiting = inf
        self._queue = StandingQueue(clock())
        self._begin_window()

    @property
    def lets_all_in(self) -> bool:
        """Whether nobody need be asked for a priority."""
        return self.in_hand < self._most <= self.limit

    def begun(self) -> None:
        """A call is in hand."""
        self.in_hand += 1

    def is_over(self) -> None:
        """A call is in hand no more."""
        self.in_hand -= 1
        self.ended += 1

    @property
    def is_on(self) -> bool:
        """Whether there is overload."""
        return self.limit < self._most

    def room_for(self, priority: Priority) -> bool:
        """Whether a call of that priority may be taken in hand: there is room, and under overload nothing much waits
        behind it that may be worth more."""
        if self.in_hand < min(self.limit * priority / Priority.READ, self._most) and (
            not self.is_on or self.waiting <= priority
        ):
            return True
        self._refused = True
        return False

    @property
    def waiting(self) -> int:
        """Calls that have come and are not taken up yet."""
        return self.backlog.waiting() if self.backlog is not None else 0

    def waited(self, seconds: float) -> None:
        """A unit of work waited so long for a thread. To be called from any thread."""
        self._waits.append(seconds)

    def tick(self, late: float) -> None:
        """The event loop is so late, in seconds; to be told several times within each window."""
        self._lag = min(self._lag, late)
        self._peak = max(self._peak, self.in_hand)
        self._ticks += 1
        if self.is_on or self._ticks == TICKS:  # gRPC is not asked more often than need be
            self._waiting = min(self._waiting, self.waiting if self._took_up() or self._lag > SHORT else 0)
        if self._ticks == TICKS:
            self._judge()
            self._begin_window()

    def _took_up(self) -> bool:
        """Whether calls were taken up since gRPC was asked: on a loop that is not late, none was because none came."""
        before, self._seen = self._seen, self.backlog.taken_up if self.backlog is not None else 0
        return self._seen != before

    def _begin_window(self) -> None:
        self._begun = self._clock()
        self._worked = self._processor_time()
        self._taken_up = self.backlog.taken_up if self.backlog is not None else 0
        self._ticks = self._peak = 0
        self._lag = self._waiting = inf
        self._refused = False

    def _judge(self) -> None:
        window = self._clock() - self._begun
        wait = max(self._lag, self._backlog_wait(window), self._mean_wait())
        if not self.is_on:
            if self._queue.stands(self._clock(), wait, self.in_hand + int(self._waiting), self.ended):
                self._log.warning("overload_began", waited=round(wait, 3), in_hand=self._peak, waiting=self._waiting)
                self._halve()
        elif not self._refused:
            self._grow(1.5, 1.0)
        elif wait > SHORT:
            self._halve()
        elif self._processor_time() - self._worked < SPARE * window:
            self._grow(1.05, 0.25)

    def _grow(self, factor: float, summand: float) -> None:
        self.limit = min(self.limit * factor + summand, self._most)
        if not self.is_on:
            self._queue = StandingQueue(self._clock(), self.in_hand, self.ended)
            self._log.info("overload_ended")

    def _halve(self) -> None:
        self.limit = max(min(self.limit, self._peak) / 2, min(LEAST, self._most))

    def _backlog_wait(self, window: float) -> float:
        """Seconds until what waited all the time is taken up, at the pace of the window."""
        if self.backlog is None:
            return 0.0
        return self._waiting * window / max(self.backlog.taken_up - self._taken_up, 1)

    def _mean_wait(self) -> float:
        """Of the units of work that got a thread since the last time. Where none did, as while each takes long, it is
        as it was then, until there is overload."""
        waits, self._waits = self._waits, []
        if waits or self.is_on or not self.in_hand:
            self._last_wait = sum(waits) / len(waits) if waits else 0.0
        return self._last_wait
