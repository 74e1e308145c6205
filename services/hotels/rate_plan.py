"""A rate plan: what a night costs in one room type, and the terms that go with that price."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from chassis.refusal import InvalidField


@dataclass(frozen=True, slots=True)
class WeekdayPrice:
    """The price of nights that begin on a weekday: ISO 8601, Monday is 1."""

    weekday: int
    price: int


@dataclass(frozen=True, slots=True)
class Season:
    """A time of the year with a price of its own: the nights `[start, end)`."""

    start: date
    end: date
    price: int


@dataclass(frozen=True, slots=True)
class CancellationTier:
    """What comes back, in per cent, to whom cancels at least so many hours before the check-in day starts."""

    hours: int
    refund_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePlan:
    """A rate plan. Two are equal when they say the same, whatever their revisions.

    Prices are in smallest units of the hotel's currency; `board` is a number of the contract's enum.
    """

    name: str
    room_type: str
    display_name: str
    board: int
    base_price: int
    weekday_prices: tuple[WeekdayPrice, ...] = ()
    seasons: tuple[Season, ...] = ()
    cancellation_tiers: tuple[CancellationTier, ...] = ()
    revision: int = field(compare=False, default=1)

    @property
    def hotel(self) -> str:
        """The hotel's name."""
        return self.name.partition("/ratePlans/")[0]

    def check(self, path: str) -> None:
        """Raises InvalidField where the rate plan breaks a rule; `path` is where the request has it."""
        if not self.name:
            raise InvalidField(f"{path}.name", "is required")
        if not self.display_name:
            raise InvalidField(f"{path}.display_name", "is required")
        if not self.room_type.startswith(f"{self.hotel}/"):
            raise InvalidField(f"{path}.room_type", "must be a room type of the same hotel")
        weekdays = [special.weekday for special in self.weekday_prices]
        for index, weekday in enumerate(weekdays):
            if weekday in weekdays[:index]:
                raise InvalidField(f"{path}.weekday_prices[{index}].weekday", "stands further up already")
        for index, season in enumerate(self.seasons):
            if season.end <= season.start:
                raise InvalidField(f"{path}.seasons[{index}].end_date", "must be after start_date")
        for index, (generous, mean) in enumerate(pairwise(self.cancellation_tiers), start=1):
            if mean.hours >= generous.hours:
                raise InvalidField(
                    f"{path}.cancellation_tiers[{index}].hours_before_check_in", "must be fewer than in the tier above"
                )
            if mean.refund_percent > generous.refund_percent:
                raise InvalidField(
                    f"{path}.cancellation_tiers[{index}].refund_percent", "must not be more than in the tier above"
                )

    def price_on(self, night: date) -> int:
        """The price of one night, by what is most special: the last season in the list, the weekday, the base price."""
        for season in reversed(self.seasons):
            if season.start <= night < season.end:
                return season.price
        weekday = night.isoweekday()
        for special in self.weekday_prices:
            if special.weekday == weekday:
                return special.price
        return self.base_price

    def revised(self, by: RatePlan) -> RatePlan:
        """The rate plan as `by` has it, one revision on; itself where that changes nothing."""
        return self if by == self else replace(by, revision=self.revision + 1)
