"""Days, instants and spans that are none, or that the contract forbids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from chassis.dates import from_date, to_date
from tests.contract.bad_requests.spots import Change, Spot
from tests.contract.calls.declarations import rules_of

NO_DAYS: Final = (
    (2027, 13, 1), (2027, 2, 30), (2027, 2, 29), (2100, 2, 29), (0, 5, 1), (2027, 0, 1), (2027, 5, 0), (2027, 5, 32),
    (10_000, 1, 1), (-1, 1, 1), (2027, -1, 1), (2027, 1, -1), (0, 0, 0), (2**31 - 1, 1, 1),
)  # fmt: skip

NO_INSTANTS: Final = (
    (-62_135_596_801, 0), (253_402_300_800, 0), (2**63 - 1, 0), (-(2**63), 0), (0, -1), (0, 1_000_000_000),
)  # fmt: skip
"""Before year 1, after year 9999, or parts of a second that are none (timestamp.proto)."""

LONGEST: Final = 315_576_000_000
NO_DURATIONS: Final = ((LONGEST + 1, 0), (-LONGEST - 1, 0), (2**63 - 1, 0), (1, -1), (-1, 1), (0, 1_000_000_000))
"""More than ten thousand years, signs that differ, or parts of a second that are none (duration.proto)."""

PAST, FUTURE, FAR_FUTURE, LONG_AGO = (timedelta(days=days) for days in (-3, 1, 502, -131 * 366))

WRONG_TIMES: Final = {
    "innkeeper.booking.v1.QuoteStayRequest.check_in": (PAST, FAR_FUTURE),
    "innkeeper.booking.v1.QuoteStayRequest.check_out": (PAST, timedelta(days=30), timedelta(days=61)),
    "innkeeper.hotels.v1.PriceStaysRequest.check_in": (timedelta(days=-60 * 366),),
    "innkeeper.hotels.v1.PriceStaysRequest.check_out": (PAST, timedelta(days=30), timedelta(days=61)),
    "innkeeper.hotels.v1.Season.start_date": (),
    "innkeeper.hotels.v1.Season.end_date": (timedelta(days=-3000),),
    "innkeeper.search.v1.SearchHotelsRequest.check_in": (PAST, FAR_FUTURE),
    "innkeeper.search.v1.SearchHotelsRequest.check_out": (PAST, timedelta(days=30), timedelta(days=61)),
    "innkeeper.users.v1.User.birth_date": (FUTURE, LONG_AGO),
}
"""For each date of a request, how far from today it must not be: the examples' stays are from day 30 to day 32."""


def _is(spot: Spot, name: str) -> bool:
    return spot.field.message_type is not None and spot.field.message_type.full_name == name


def no_such_day(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """A month, a day or a year that the calendar does not have."""
    if _is(spot, "google.type.Date"):
        for year, month, day in NO_DAYS:
            date = Date(year=year, month=month, day=day)
            yield f"{year}-{month}-{day}", spot.becomes(date)


def wrong_time(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """A day of the calendar on which what is asked for cannot be."""
    if _is(spot, "google.type.Date"):
        for away in WRONG_TIMES[spot.field.full_name]:
            date = from_date(datetime.now(UTC).date() + away)
            yield f"{away.days} days from today", lambda holder, date=date: _put(spot, holder, date)


def _put(spot: Spot, holder: Any, date: Date) -> None:
    """Set the date; with an arrival, also a departure that suits it."""
    spot.put(holder, date)
    if spot.field.name == "check_in":
        holder.check_out.CopyFrom(from_date(to_date(date) + timedelta(days=2)))


def no_such_instant(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """An instant out of the range of timestamps."""
    if _is(spot, "google.protobuf.Timestamp"):
        for seconds, nanos in NO_INSTANTS:
            instant = Timestamp()
            instant.seconds, instant.nanos = seconds, nanos
            yield f"{seconds} s {nanos} ns", spot.becomes(instant)


def no_such_duration(request: Any, spot: Spot) -> Iterator[tuple[str, Change]]:
    """A span that durations do not reach, one that runs backwards, and one that is longer than the contract allows."""
    if _is(spot, "google.protobuf.Duration"):
        longest = rules_of(spot.field).duration.lte.seconds
        assert longest, f"{spot.field.full_name}: say how long it may be"
        for seconds, nanos in (*NO_DURATIONS, (0, -1), (-1, 0), (longest, 1), (longest + 1, 0)):
            duration = Duration()
            duration.seconds, duration.nanos = seconds, nanos
            yield f"{seconds} s {nanos} ns", spot.becomes(duration)
