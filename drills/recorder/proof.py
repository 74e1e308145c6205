"""What took effect, by the databases themselves: the outboxes of the sources against what subscribers have stored."""

from __future__ import annotations

import itertools
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drills.recorder.service import SOURCES, event_types
from innkeeper.booking.v1 import booking_events_pb2

TOLD = {
    "BookingConfirmed": "booking_confirmed",
    "BookingFailed": "booking_failed",
    "BookingCancelled": "booking_cancelled",
}
"""What users are told of which events of bookings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How many events there are, and how many effects they ought to have; of those, how many are not there, are there
    twice, or came after what happened later to the same aggregate; what was not sent, and what was put aside."""

    events: int
    effects: int
    lost: int
    twice: int
    out_of_order: int
    unsent: int
    parked: int

    @property
    def settled(self) -> bool:
        """Whether nothing is left to be done."""
        return not (self.lost or self.unsent or self.parked)


class Databases:
    """The SQLite databases of a platform, read while it runs.

    Args:
        data_dir: Where they are.
        subscribers: Of each source, who is told of its events, as its relay has them.
    """

    def __init__(self, data_dir: Path, subscribers: Mapping[str, Sequence[str]]) -> None:
        self._data_dir = data_dir
        self._subscribers = subscribers

    def proof(self) -> Proof:
        """As things stand."""
        recorded = self._rows("recorder", "SELECT event, source, aggregate, sequence FROM effects ORDER BY place")
        expected = {event for source in SOURCES for event in self._events(source)}
        times = Counter(event for event, *_ in recorded)
        mailed, queued = set(self._mailed()), set(self._rows("notifications", "SELECT event, kind FROM mails"))
        told = Notifications.compared(self._booking_events(), self._rows("notifications", NOTIFICATIONS))
        return Proof(
            events=len(expected),
            effects=len(expected) + told.expected + len(mailed),
            lost=len(expected - times.keys()) + told.lost + len(mailed - queued) + self._wrong_nights(),
            twice=times.total() - len(times) + told.twice,
            out_of_order=_disorder(((source, aggregate), sequence) for _, source, aggregate, sequence in recorded)
            + told.out_of_order,
            unsent=sum(self._unsent(source) for source in SOURCES),
            parked=sum(self._rows(service, PARKED)[0][0] for service in self._with_letters()),
        )

    def delays(self) -> list[float]:
        """Seconds from each event to its effect with the recorder."""
        moments = "SELECT (julianday(effect_time) - julianday(occur_time)) * 86400.0 FROM effects"
        return [delay for (delay,) in self._rows("recorder", moments)]

    def _events(self, source: str) -> Iterator[str]:
        types = {payload.DESCRIPTOR.full_name for payload in event_types(source)}
        for event, type_ in self._rows(source, "SELECT id, type FROM outbox"):
            if type_ in types:
                yield event

    def _booking_events(self) -> Iterator[tuple[str, str]]:
        """Booking and kind of what users are to be told, in order."""
        for type_, payload in self._rows("booking", "SELECT type, payload FROM outbox ORDER BY sequence"):
            if kind := TOLD.get(type_.rpartition(".")[2]):
                message = getattr(booking_events_pb2, type_.rpartition(".")[2]).FromString(payload)
                yield message.booking, kind

    def _mailed(self) -> Iterator[tuple[str, str]]:
        """Event and kind of the mails that guests are to get. That there are not two of one, a constraint sees to."""
        for event, type_ in self._rows("booking", "SELECT id, type FROM outbox"):
            if kind := TOLD.get(type_.rpartition(".")[2]):
                yield event, kind.replace("_", "-")

    def _wrong_nights(self) -> int:
        """On how many nights the search knows another number of sold rooms than there are."""
        sold = dict(self._nights("booking", "SELECT room_type, night, sold FROM room_nights"))
        known = dict(self._nights("search", "SELECT room_type, night, sold FROM sold_nights"))
        return sum(sold.get(night, 0) != known.get(night, 0) for night in sold.keys() | known.keys())

    def _nights(self, service: str, query: str) -> Iterator[tuple[tuple[str, str], int]]:
        for room_type, night, sold in self._rows(service, query):
            yield (room_type, night), sold

    def _unsent(self, source: str) -> int:
        newest = self._rows(source, "SELECT coalesce(max(sequence), 0) FROM outbox")[0][0]
        told = dict(self._rows(source, "SELECT subscriber, sequence FROM relayed"))
        return sum(max(newest - told.get(subscriber, 0), 0) for subscriber in self._subscribers[source])

    def _with_letters(self) -> Iterator[str]:
        yield from (path.stem for path in self._data_dir.glob("*.db"))

    def _rows(self, service: str, query: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self._data_dir / service}.db?mode=ro", uri=True, timeout=30.0)) as found:
            return found.execute(query).fetchall()


NOTIFICATIONS = "SELECT booking, kind FROM notifications WHERE kind != 'payment_refunded' ORDER BY id"
PARKED = "SELECT count(*) FROM dead_letters"


@dataclass(frozen=True, slots=True)
class Notifications:
    """What users were told, against what they were to be told."""

    expected: int
    lost: int
    twice: int
    out_of_order: int

    @classmethod
    def compared(cls, events: Iterator[tuple[str, str]], rows: Sequence[tuple[str, str]]) -> Notifications:
        """Each of booking and kind, in order."""
        happened, told = list(events), list(rows)
        missing, surplus = Counter(happened) - Counter(told), Counter(told) - Counter(happened)
        place = {each: number for number, each in enumerate(happened)}
        order = ((booking, place.get((booking, kind), 0)) for booking, kind in told)
        return cls(len(happened), missing.total(), surplus.total(), _disorder(order))


def _disorder(effects: Iterator[tuple[Any, int]]) -> int:
    """How many effects came after one of the same aggregate that has a higher number."""
    of_aggregate = defaultdict[Any, list[int]](list)
    for aggregate, number in effects:
        of_aggregate[aggregate].append(number)
    return sum(after < before for numbers in of_aggregate.values() for before, after in itertools.pairwise(numbers))
