"""How far behind those are who subscribe, as metrics."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from chassis.events import dead_letters, outbox
from chassis.storage.database import Database
from chassis.storage.session import Session
from chassis.storage.tables import OUTBOX

WITHIN: Final = 2.0
"""Seconds that a database may take to tell. One that takes longer is left out."""


@dataclass(frozen=True, slots=True)
class Lag:
    """What one cursor of an outbox is still to be told: how many events, and for how many seconds the oldest waits."""

    cursor: str
    unsent: int
    age: float


def lags(session: Session, cursors: Collection[str]) -> list[Lag]:
    """How far each of these is behind."""
    return [_lag(session, cursor, place) for cursor, place in outbox.places(session, sorted(cursors)).items()]


def _lag(session: Session, cursor: str, place: int) -> Lag:
    ahead = OUTBOX.c.sequence > place
    unsent = session.scalar(select(func.count()).select_from(OUTBOX).where(ahead)) or 0
    if not unsent:
        return Lag(cursor, 0, 0.0)
    oldest = session.scalar(select(OUTBOX.c.occur_time).where(ahead).order_by(OUTBOX.c.sequence).limit(1))
    return Lag(cursor, unsent, max((datetime.now(UTC) - oldest).total_seconds(), 0.0) if oldest else 0.0)


class EventMetrics(Collector):
    """Asks the databases of a process whenever the metrics are read, on their own threads.

    Args:
        databases: Those of the services of the process, by name, each with the cursors of its outbox.
    """

    def __init__(self, databases: Mapping[str, tuple[Database, Collection[str]]]) -> None:
        self._databases = databases

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Unsent events and the age of the oldest, by source and subscriber; dead letters, by service."""
        labels = ("source", "subscriber")
        unsent = GaugeMetricFamily(
            "innkeeper_events_unsent", "Events that a subscriber is still to be told.", labels=labels
        )
        age = GaugeMetricFamily(
            "innkeeper_events_oldest_unsent_age_seconds", "For how long the oldest of them waits.", labels=labels
        )
        letters = GaugeMetricFamily("innkeeper_dead_letters", "Events that a service put aside.", labels=("service",))
        for name, (database, cursors) in self._databases.items():
            try:
                behind, aside = database.look(partial(_seen, cursors=cursors), within=WITHIN)
            except (TookTooLong, DBAPIError, RuntimeError):  # the last is said by one that is closed
                continue
            letters.add_metric((name,), aside)
            for lag in behind:
                unsent.add_metric((name, lag.cursor), lag.unsent)
                age.add_metric((name, lag.cursor), lag.age)
        yield from (unsent, age, letters)


def _seen(session: Session, cursors: Collection[str]) -> tuple[list[Lag], int]:
    return lags(session, cursors), dead_letters.count(session)
