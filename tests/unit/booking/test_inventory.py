"""The nights of a stay, which stays can be sold, and when a stay begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.refusal import InvalidField
from services.booking.inventory import FURTHEST_AHEAD, LONGEST_STAY, SoldOut, Stay, check_free, today_in

TODAY = date(2027, 4, 1)
DAYS = st.dates(date(2027, 1, 1), date(2029, 1, 1))


def stay(check_in: date, nights: int) -> Stay:
    return Stay(check_in=check_in, check_out=check_in + timedelta(days=nights))


@given(DAYS, st.integers(1, LONGEST_STAY))
def test_a_stay_has_every_night_but_that_of_departure(check_in: date, nights: int) -> None:
    found = stay(check_in, nights).nights
    assert len(found) == nights
    assert found[0] == check_in
    assert found[-1] == check_in + timedelta(days=nights - 1)


@given(DAYS, st.integers(1, LONGEST_STAY), DAYS, st.integers(1, LONGEST_STAY))
def test_stays_share_a_night_exactly_if_each_begins_before_the_other_ends(a: date, n: int, b: date, m: int) -> None:
    first, second = stay(a, n), stay(b, m)
    overlap = first.check_in < second.check_out and second.check_in < first.check_out
    assert bool(set(first.nights) & set(second.nights)) == overlap


@pytest.mark.parametrize(
    ("nights", "is_fine"),
    [
        pytest.param(-1, False, id="backwards"),
        pytest.param(0, False, id="no night"),
        pytest.param(1, True, id="one night"),
        pytest.param(LONGEST_STAY, True, id="the longest"),
        pytest.param(LONGEST_STAY + 1, False, id="too long"),
    ],
)
def test_how_long_a_stay_may_be(nights: int, is_fine: bool) -> None:
    if is_fine:
        stay(TODAY, nights).check_length()
        return
    with pytest.raises(InvalidField) as raised:
        stay(TODAY, nights).check_length()
    assert raised.value.violations[0][0] == "check_out"


@pytest.mark.parametrize(
    ("days", "is_fine"),
    [
        pytest.param(-1, False, id="yesterday"),
        pytest.param(0, True, id="today"),
        pytest.param(FURTHEST_AHEAD, True, id="the furthest"),
        pytest.param(FURTHEST_AHEAD + 1, False, id="too far"),
    ],
)
def test_how_far_ahead_a_stay_may_begin(days: int, is_fine: bool) -> None:
    arriving = stay(TODAY + timedelta(days=days), 1)
    if is_fine:
        arriving.check_ahead(TODAY)
        return
    with pytest.raises(InvalidField) as raised:
        arriving.check_ahead(TODAY)
    assert raised.value.violations[0][0] == "check_in"


@pytest.mark.parametrize(
    ("time_zone", "begins"),
    [
        pytest.param("Europe/Vienna", datetime(2027, 4, 30, 22, tzinfo=UTC), id="ahead of UTC"),
        pytest.param("America/New_York", datetime(2027, 5, 1, 4, tzinfo=UTC), id="behind UTC"),
        pytest.param("Pacific/Kiritimati", datetime(2027, 4, 30, 10, tzinfo=UTC), id="as far ahead as can be"),
    ],
)
def test_a_stay_begins_at_midnight_at_the_hotel(time_zone: str, begins: datetime) -> None:
    assert stay(date(2027, 5, 1), 1).begins(time_zone) == begins


def test_a_day_without_midnight_begins_with_its_first_instant() -> None:
    # In Santiago the clock goes from 23:59:59 on 4 September 2027 to 01:00 on the 5th.
    assert stay(date(2027, 9, 5), 1).begins("America/Santiago") == datetime(2027, 9, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time_zone", "today"),
    [
        pytest.param("Pacific/Auckland", date(2027, 5, 2), id="tomorrow already"),
        pytest.param("UTC", date(2027, 5, 1), id="today"),
        pytest.param("Pacific/Pago_Pago", date(2027, 5, 1), id="today, in the morning"),
    ],
)
def test_what_day_it_is_at_the_hotel(time_zone: str, today: date) -> None:
    assert today_in(time_zone, datetime(2027, 5, 1, 20, tzinfo=UTC)) == today


def test_the_first_night_without_a_room_is_named() -> None:
    sold = {TODAY + timedelta(days=1): 2, TODAY + timedelta(days=2): 3, TODAY + timedelta(days=3): 5}
    with pytest.raises(SoldOut) as raised:
        check_free(stay(TODAY, 5), "hotels/sacher/roomTypes/double", sold=sold, units=3)
    assert raised.value.metadata == {"night": "2027-04-03"}
    check_free(stay(TODAY, 2), "hotels/sacher/roomTypes/double", sold=sold, units=3)


def test_a_hotel_without_such_rooms_is_sold_out() -> None:
    with pytest.raises(SoldOut):
        check_free(stay(TODAY, 1), "hotels/sacher/roomTypes/double", sold={}, units=0)
