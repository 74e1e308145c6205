"""Between the contract's dates and times and Python's."""

from __future__ import annotations

from datetime import UTC, date, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date


def to_date(value: Date) -> date:
    """The calendar date. Raises ValueError where there is no such day; requests are checked before."""
    return date(value.year, value.month, value.day)


def from_date(value: date) -> Date:
    """The contract's form of a calendar date."""
    return Date(year=value.year, month=value.month, day=value.day)


def to_timestamp(value: datetime) -> Timestamp:
    """The contract's form of an aware instant."""
    timestamp = Timestamp()
    timestamp.FromDatetime(value)
    return timestamp


def from_timestamp(value: Timestamp) -> datetime:
    """The instant, aware and in UTC."""
    return value.ToDatetime(tzinfo=UTC)
