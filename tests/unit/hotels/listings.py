"""Listings for tests, and what varies in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from services.hotels.hotel import Address, Hotel
from services.hotels.listing import Listing
from services.hotels.rate_plan import CancellationTier, RatePlan, Season, WeekdayPrice
from services.hotels.room_type import RoomType
from services.hotels.tax import Basis, Tax

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
SACHER = "hotels/sacher"


def hotel(**changes: Any) -> Hotel:
    """A hotel in Vienna."""
    values: dict[str, Any] = {
        "name": SACHER,
        "display_name": "Zum Beispiel",
        "address": Address(region_code="AT", locality="Wien", postal_code="1010", address_lines=("Am Graben 1",)),
        "latitude": 48.2,
        "longitude": 16.37,
        "time_zone": "Europe/Vienna",
        "stars": 4,
        "amenities": (1, 6),
        "currency_code": "EUR",
        "taxes": (Tax(display_name="City tax", basis=Basis.SHARE, quantity=320),),
        "create_time": NOW,
        "update_time": NOW,
    }
    return Hotel(**values | changes)


def room_type(room_id: str = "double", of: str = SACHER, **changes: Any) -> RoomType:
    """A room for two."""
    values: dict[str, Any] = {
        "name": f"{of}/roomTypes/{room_id}",
        "display_name": "Double room",
        "capacity": 2,
        "units": 5,
    }
    return RoomType(**values | changes)


def rate_plan(plan_id: str = "flexible", of: str = SACHER, room_id: str = "double", **changes: Any) -> RatePlan:
    """A hundred euros a night."""
    values: dict[str, Any] = {
        "name": f"{of}/ratePlans/{plan_id}",
        "room_type": f"{of}/roomTypes/{room_id}",
        "display_name": "Flexible",
        "board": 1,
        "base_price": 10_000,
    }
    return RatePlan(**values | changes)


def listing(**changes: Any) -> Listing:
    """The hotel with one room type and one rate plan."""
    values: dict[str, Any] = {"hotel": hotel(), "room_types": (room_type(),), "rate_plans": (rate_plan(),)}
    return Listing(**values | changes)


PRICES = st.integers(0, 5_000_000)
DATES = st.dates(date(2027, 1, 1), date(2028, 12, 31))


@st.composite
def seasons(draw: st.DrawFn) -> Season:
    """A season of at least one night."""
    start = draw(DATES)
    return Season(start, draw(st.dates(date.fromordinal(start.toordinal() + 1), date(2029, 12, 31))), draw(PRICES))


@st.composite
def tiers(draw: st.DrawFn) -> tuple[CancellationTier, ...]:
    """Tiers from the most generous to the least."""
    hours = draw(st.lists(st.integers(0, 8760), unique=True, max_size=10))
    percents = draw(st.lists(st.integers(0, 100), min_size=len(hours), max_size=len(hours)))
    pairs = zip(sorted(hours, reverse=True), sorted(percents, reverse=True), strict=True)
    return tuple(CancellationTier(hours, percent) for hours, percent in pairs)


RATE_PLANS = st.builds(
    rate_plan,
    board=st.integers(0, 5),
    base_price=PRICES,
    weekday_prices=st.lists(
        st.builds(WeekdayPrice, st.integers(1, 7), PRICES), max_size=7, unique_by=lambda special: special.weekday
    ).map(tuple),
    seasons=st.lists(seasons(), max_size=6).map(tuple),
    cancellation_tiers=tiers(),
)

TAXES = st.lists(
    st.builds(Tax, display_name=st.just("Tax"), basis=st.sampled_from(Basis), quantity=st.integers(0, 10_000)),
    max_size=10,
).map(tuple)
