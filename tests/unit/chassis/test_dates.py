"""Dates and times go between the contract and Python as they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from hypothesis import given
from hypothesis import strategies as st

from chassis.dates import from_date, from_timestamp, to_date, to_timestamp

NO_DAYS = [
    pytest.param(Date(), id="nothing"),
    pytest.param(Date(year=2027, month=2, day=29), id="29 February of a common year"),
    pytest.param(Date(year=2100, month=2, day=29), id="2100 is a common year"),
    pytest.param(Date(year=2027, month=13, day=1), id="a thirteenth month"),
    pytest.param(Date(year=2027, month=4, day=31), id="31 April"),
    pytest.param(Date(month=4, day=1), id="a day of every year"),
    pytest.param(Date(year=2027, month=4), id="a month"),
    pytest.param(Date(year=-1, month=4, day=1), id="before the calendar"),
    pytest.param(Date(year=10_000, month=1, day=1), id="after the calendar"),
]


@given(st.dates())
def test_every_day_comes_back(day: date) -> None:
    assert to_date(from_date(day)) == day


@pytest.mark.parametrize("value", NO_DAYS)
def test_what_is_no_day_of_the_calendar(value: Date) -> None:
    with pytest.raises(ValueError, match=r"year|month|day"):
        to_date(value)


def test_a_leap_day() -> None:
    assert to_date(Date(year=2028, month=2, day=29)) == date(2028, 2, 29)


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_comes_back_in_utc(instant: datetime) -> None:
    back = from_timestamp(to_timestamp(instant))
    assert back == instant
    assert back.tzinfo is UTC


def test_an_instant_of_another_time_zone_is_the_same_instant() -> None:
    vienna = datetime(2027, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert to_timestamp(vienna).ToJsonString() == "2027-07-01T10:00:00Z"


def test_what_is_finer_than_a_microsecond_is_cut_off() -> None:
    assert from_timestamp(Timestamp(seconds=1, nanos=999_999_999)).microsecond == 999_999
