"""When a stay may begin and how long it may last, by the calendar of the place."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.refusal import InvalidField
from services.search.stay import Stay

NOON = datetime(2027, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def accepted(field: str) -> AbstractContextManager[object]:
    return pytest.raises(InvalidField, match=f"^{field}: ") if field else nullcontext()


@pytest.mark.parametrize(
    ("nights", "field"), [(-1, "check_out"), (0, "check_out"), (1, ""), (30, ""), (31, "check_out")]
)
def test_a_stay_has_one_to_thirty_nights(nights: int, field: str) -> None:
    stay = Stay(check_in=NOON.date(), check_out=NOON.date() + nights * DAY, guests=1)
    with accepted(field):
        stay.check_length()


@pytest.mark.parametrize(
    ("now", "time_zone", "check_in", "field"),
    [
        pytest.param("2027-05-01T12:00", "Europe/Vienna", "2027-05-01", "", id="today"),
        pytest.param("2027-05-01T12:00", "Europe/Vienna", "2027-04-30", "check_in", id="yesterday"),
        pytest.param("2027-05-01T22:30", "Europe/Vienna", "2027-05-01", "check_in", id="past midnight there"),
        pytest.param("2027-05-01T03:00", "America/New_York", "2027-04-30", "", id="still yesterday there"),
        pytest.param("2027-05-01T10:00", "Pacific/Kiritimati", "2027-05-01", "check_in", id="tomorrow there"),
        pytest.param("2027-05-01T11:59", "", "2027-04-30", "", id="yesterday somewhere"),
        pytest.param("2027-05-01T12:00", "", "2027-04-30", "check_in", id="yesterday nowhere any more"),
        pytest.param("2027-05-01T12:00", "Europe/Vienna", "2028-09-12", "", id="500 days ahead"),
        pytest.param("2027-05-01T12:00", "Europe/Vienna", "2028-09-13", "check_in", id="501 days ahead"),
    ],
)
def test_a_stay_begins_today_or_later(now: str, time_zone: str, check_in: str, field: str) -> None:
    day = date.fromisoformat(check_in)
    with accepted(field):
        Stay(check_in=day, check_out=day + DAY, guests=1).check_start(
            datetime.fromisoformat(now).replace(tzinfo=UTC), time_zone
        )
