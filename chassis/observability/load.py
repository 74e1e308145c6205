"""How busy a process is, in the figures that the registry is told."""

from __future__ import annotations

import time
from collections.abc import Callable

from chassis.observability.metrics import Metrics
from innkeeper.registry.v1.registry_pb2 import Load


class LoadMeter:
    """Reads the metrics of the process; rates are those since it was read last.

    Args:
        lag: How late the event loop is, in seconds.
    """

    def __init__(self, metrics: Metrics, lag: Callable[[], float], clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics = metrics
        self._lag = lag
        self._clock = clock
        self._last = (clock(), metrics.ended, metrics.refused)

    def taken(self) -> Load:
        """The load now."""
        now = (self._clock(), self._metrics.ended, self._metrics.refused)
        seconds, ended, refused = (new - old for new, old in zip(now, self._last, strict=True))
        self._last = now
        load = Load(
            calls_in_hand=self._metrics.in_hand,
            calls_per_second=ended / seconds if seconds else 0.0,
            shed_per_second=refused / seconds if seconds else 0.0,
        )
        load.loop_lag.FromNanoseconds(round(self._lag() * 1e9))
        return load
