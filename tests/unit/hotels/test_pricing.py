"""The price of a stay: its lines, its total, and the deadlines of its terms."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.refusal import InvalidField
from services.hotels.currency import LARGEST
from services.hotels.pricing import Stay, price_of, start_of_day
from services.hotels.rate_plan import CancellationTier, RatePlan
from services.hotels.tax import Basis, Tax
from tests.unit.hotels.listings import DATES, RATE_PLANS, TAXES, rate_plan

VIENNA = ZoneInfo("Europe/Vienna")


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    """A stay of one to thirty nights."""
    check_in = draw(DATES)
    nights = draw(st.integers(1, 30))
    return Stay(check_in=check_in, check_out=check_in + timedelta(days=nights), guests=draw(st.integers(1, 20)))


@given(RATE_PLANS, TAXES, stays())
def test_the_lines_add_up_to_the_total(plan: RatePlan, taxes: tuple[Tax, ...], stay: Stay) -> None:
    price = price_of(plan, taxes, nights=stay.nights, guests=stay.guests, day_start=start_of_day(stay.check_in, VIENNA))

    assert sum(amount for _, amount in price.nights) + sum(amount for _, amount in price.taxes) == price.total
    assert [night for night, _ in price.nights] == list(stay.nights)
    assert len(price.taxes) == len(taxes)
    assert all(amount >= 0 for _, amount in (*price.nights, *price.taxes))


@given(RATE_PLANS, stays())
def test_the_terms_go_from_the_earliest_deadline_to_the_latest(plan: RatePlan, stay: Stay) -> None:
    day_start = start_of_day(stay.check_in, VIENNA)
    terms = price_of(plan, (), nights=stay.nights, guests=1, day_start=day_start).terms

    assert list(terms) == sorted(terms, key=lambda term: (term[0], -term[1]))
    assert terms[-1][0] <= day_start


def test_a_share_is_reckoned_once_on_all_nights() -> None:
    """Three nights of 0.05 at 10 %: 0.015 is 0.02; night by night it would have been nothing."""
    stay = Stay(check_in=date(2027, 5, 1), check_out=date(2027, 5, 4), guests=1)
    taxes = (Tax(display_name="VAT", basis=Basis.SHARE, quantity=1000),)
    price = price_of(
        rate_plan(base_price=5), taxes, nights=stay.nights, guests=1, day_start=start_of_day(stay.check_in, VIENNA)
    )
    assert (price.taxes, price.total) == ((("VAT", 2),), 17)


def test_the_largest_total_can_be_stored_and_sent() -> None:
    stay = Stay(check_in=date(2027, 5, 1), check_out=date(2027, 5, 31), guests=20)
    taxes = [Tax(display_name="Tax", basis=Basis.GUEST_NIGHT, quantity=LARGEST)] * 10
    price = price_of(
        rate_plan(base_price=LARGEST),
        taxes,
        nights=stay.nights,
        guests=stay.guests,
        day_start=start_of_day(stay.check_in, VIENNA),
    )
    assert price.total < 2**63


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        pytest.param("Europe/Vienna", "2027-01-15", "2027-01-14T23:00", id="winter"),
        pytest.param("Europe/Vienna", "2027-07-15", "2027-07-14T22:00", id="summer"),
        pytest.param("Europe/Vienna", "2027-03-28", "2027-03-27T23:00", id="day that clocks go forward"),
        pytest.param("Europe/Vienna", "2027-03-29", "2027-03-28T22:00", id="day after"),
        pytest.param("Asia/Kathmandu", "2027-05-01", "2027-04-30T18:15", id="quarter of an hour"),
        pytest.param("Pacific/Kiritimati", "2027-05-01", "2027-04-30T10:00", id="first to turn"),
        pytest.param("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00", id="midnight is skipped"),
        pytest.param("America/Havana", "2018-11-04", "2018-11-04T04:00", id="midnight comes twice"),
    ],
)
def test_a_day_starts_at_its_first_instant(zone: str, day: str, expected: str) -> None:
    start = start_of_day(date.fromisoformat(day), ZoneInfo(zone))
    assert start == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@given(DATES, st.sampled_from(["Europe/Vienna", "America/New_York", "Africa/Cairo", "Asia/Beirut", "Pacific/Apia"]))
def test_nothing_of_a_day_comes_before_its_start(day: date, zone: str) -> None:
    start = start_of_day(day, ZoneInfo(zone))
    assert start.astimezone(ZoneInfo(zone)).date() == day
    assert (start - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() < day


@pytest.mark.parametrize(
    ("check_in", "tiers", "expected"),
    [
        pytest.param("2027-05-01", (), [("2027-04-30T22:00", 100)], id="no tiers: all of it until check-in"),
        pytest.param(
            "2027-05-03",
            (CancellationTier(48, 100), CancellationTier(24, 50), CancellationTier(0, 0)),
            [("2027-04-30T22:00", 100), ("2027-05-01T22:00", 50), ("2027-05-02T22:00", 0)],
            id="three tiers",
        ),
        pytest.param(
            "2027-03-29", (CancellationTier(24, 100),), [("2027-03-27T22:00", 100)], id="clocks go forward in between"
        ),
        pytest.param(
            "2027-11-01", (CancellationTier(24, 100),), [("2027-10-30T23:00", 100)], id="clocks went back in between"
        ),
    ],
)
def test_deadlines_are_hours_before_the_day_starts(
    check_in: str, tiers: tuple[CancellationTier, ...], expected: list[tuple[str, int]]
) -> None:
    day = date.fromisoformat(check_in)
    price = price_of(
        rate_plan(cancellation_tiers=tiers), (), nights=[day], guests=1, day_start=start_of_day(day, VIENNA)
    )
    assert list(price.terms) == [(datetime.fromisoformat(when).replace(tzinfo=UTC), back) for when, back in expected]


@pytest.mark.parametrize(
    ("check_in", "check_out", "field"),
    [
        pytest.param("2027-05-01", "2027-05-01", "check_out", id="no night"),
        pytest.param("2027-05-02", "2027-05-01", "check_out", id="backwards"),
        pytest.param("2027-05-01", "2027-06-01", "check_out", id="thirty-one nights"),
        pytest.param("0001-01-01", "0001-01-02", "check_in", id="long ago"),
    ],
)
def test_a_stay_that_cannot_be_is_refused(check_in: str, check_out: str, field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        Stay(check_in=date.fromisoformat(check_in), check_out=date.fromisoformat(check_out), guests=1)
    assert [path for path, _ in refusal.value.violations] == [field]


def test_thirty_nights_are_not_too_many() -> None:
    assert len(Stay(check_in=date(2027, 5, 1), check_out=date(2027, 5, 31), guests=1).nights) == 30
