"""Rate plans: which price a night has, and which plans are refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from chassis.refusal import InvalidField
from services.hotels.rate_plan import CancellationTier, RatePlan, Season, WeekdayPrice
from tests.unit.hotels.listings import RATE_PLANS, rate_plan

FRIDAY = WeekdayPrice(5, 12_000)
MAY = Season(date(2027, 5, 1), date(2027, 6, 1), 15_000)
FAIR = Season(date(2027, 5, 10), date(2027, 5, 15), 30_000)


@pytest.mark.parametrize(
    ("night", "changes", "expected"),
    [
        pytest.param("2027-04-28", {}, 10_000, id="base"),
        pytest.param("2027-04-30", {"weekday_prices": (FRIDAY,)}, 12_000, id="weekday before base"),
        pytest.param(
            "2027-05-07", {"weekday_prices": (FRIDAY,), "seasons": (MAY,)}, 15_000, id="season before weekday"
        ),
        pytest.param("2027-05-12", {"seasons": (MAY, FAIR)}, 30_000, id="the last of two seasons"),
        pytest.param("2027-05-12", {"seasons": (FAIR, MAY)}, 15_000, id="the last of two seasons, the other way round"),
        pytest.param("2027-05-01", {"seasons": (MAY,)}, 15_000, id="first night of a season"),
        pytest.param("2027-05-31", {"seasons": (MAY,)}, 15_000, id="last night of a season"),
        pytest.param("2027-06-01", {"seasons": (MAY,)}, 10_000, id="day after a season"),
        pytest.param("2027-05-12", {"seasons": (Season(FAIR.start, FAIR.end, 0),)}, 0, id="for nothing"),
    ],
)
def test_the_most_special_price_counts(night: str, changes: dict[str, Any], expected: int) -> None:
    assert rate_plan(**changes).price_on(date.fromisoformat(night)) == expected


@given(RATE_PLANS)
def test_a_plan_that_keeps_the_rules_is_taken(plan: RatePlan) -> None:
    plan.check("rate_plan")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"display_name": ""}, "display_name", id="no display name"),
        pytest.param({"room_type": "hotels/other/roomTypes/double"}, "room_type", id="another hotel's room type"),
        pytest.param({"room_type": ""}, "room_type", id="no room type"),
        pytest.param({"weekday_prices": (FRIDAY, FRIDAY)}, "weekday_prices[1].weekday", id="a weekday twice"),
        pytest.param({"seasons": (MAY, Season(MAY.end, MAY.end, 1))}, "seasons[1].end_date", id="no night in a season"),
        pytest.param(
            {"cancellation_tiers": (CancellationTier(24, 100), CancellationTier(24, 50))},
            "cancellation_tiers[1].hours_before_check_in",
            id="two tiers of one deadline",
        ),
        pytest.param(
            {"cancellation_tiers": (CancellationTier(24, 50), CancellationTier(48, 100))},
            "cancellation_tiers[1].hours_before_check_in",
            id="tiers upside down",
        ),
        pytest.param(
            {"cancellation_tiers": (CancellationTier(48, 50), CancellationTier(24, 60))},
            "cancellation_tiers[1].refund_percent",
            id="more back for less notice",
        ),
    ],
)
def test_a_plan_that_breaks_a_rule_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        rate_plan(**changes).check("rate_plan")
    assert [path for path, _ in refusal.value.violations] == [f"rate_plan.{field}"]


def test_a_change_counts_up_and_nothing_does_not() -> None:
    plan = rate_plan(revision=7)
    assert plan.revised(rate_plan(base_price=1)) == rate_plan(base_price=1)
    assert plan.revised(rate_plan(base_price=1)).revision == 8
    assert plan.revised(rate_plan()) is plan
