"""What a stay costs: nights, taxes and fees line by line, and what comes back to whom cancels.

Whole numbers of the currency's smallest unit throughout: the lines add up to the total exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chassis.refusal import InvalidField
from services.hotels.rate_plan import CancellationTier, RatePlan
from services.hotels.tax import Tax

LONGEST_STAY = 30

FIRST_YEAR = 1970
"""From when on the IANA database knows the time zones."""

FREE_UNTIL_CHECK_IN = (CancellationTier(hours=0, refund_percent=100),)
"""The terms of a rate plan that states none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Dates at the hotel, the nights `[check_in, check_out)`, and how many guests share the room."""

    check_in: date
    check_out: date
    guests: int

    def __post_init__(self) -> None:
        """Raises InvalidField for a stay of no night, of more than thirty, or long ago."""
        if self.check_in.year < FIRST_YEAR:
            raise InvalidField("check_in", f"must not be before {FIRST_YEAR}")
        if self.check_out <= self.check_in:
            raise InvalidField("check_out", "must be after check_in")
        if (self.check_out - self.check_in).days > LONGEST_STAY:
            raise InvalidField("check_out", f"must be at most {LONGEST_STAY} nights after check_in")

    @property
    def nights(self) -> tuple[date, ...]:
        """The day on which each night begins."""
        return tuple(self.check_in + timedelta(days=day) for day in range((self.check_out - self.check_in).days))


@dataclass(frozen=True, slots=True, kw_only=True)
class StayPrice:
    """The price of a stay under one rate plan. `terms` are deadlines with the per cent that comes back until then."""

    plan: RatePlan
    nights: tuple[tuple[date, int], ...]
    taxes: tuple[tuple[str, int], ...]
    total: int
    terms: tuple[tuple[datetime, int], ...]


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day, in UTC. Where clocks skip midnight the day starts when they have."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def price_of(
    plan: RatePlan, taxes: Sequence[Tax], *, nights: Sequence[date], guests: int, day_start: datetime
) -> StayPrice:
    """What a stay costs under the plan; `day_start` is the instant at which its first day starts at the hotel.

    Hours before check-in are hours that pass, so that a deadline may have another hour on the wall than check-in when
    clocks change in between.
    """
    prices = [plan.price_on(night) for night in nights]
    nights_price = sum(prices)
    lines = tuple(
        (tax.display_name, tax.on(nights_price=nights_price, nights=len(nights), guests=guests)) for tax in taxes
    )
    return StayPrice(
        plan=plan,
        nights=tuple(zip(nights, prices, strict=True)),
        taxes=lines,
        total=nights_price + sum(amount for _, amount in lines),
        terms=tuple(
            (day_start - timedelta(hours=tier.hours), tier.refund_percent)
            for tier in plan.cancellation_tiers or FREE_UNTIL_CHECK_IN
        ),
    )
