"""A listing: a hotel with all that can be booked there, which is what changes and is announced as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.refusal import InvalidField
from services.hotels.hotel import Hotel
from services.hotels.rate_plan import RatePlan
from services.hotels.room_type import RoomType


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A hotel, its room types and its rate plans."""

    hotel: Hotel
    room_types: tuple[RoomType, ...]
    rate_plans: tuple[RatePlan, ...]

    def check(self) -> None:
        """Raises InvalidField where a part breaks a rule, or the parts do not belong together."""
        self.hotel.check("hotel")
        for index, room_type in enumerate(self.room_types):
            room_type.check(f"room_types[{index}]")
        for index, rate_plan in enumerate(self.rate_plans):
            rate_plan.check(f"rate_plans[{index}]")
        self._check_names("room_types", [(part.name, part.hotel) for part in self.room_types])
        self._check_names("rate_plans", [(part.name, part.hotel) for part in self.rate_plans])
        rooms = {room_type.name for room_type in self.room_types}
        for index, rate_plan in enumerate(self.rate_plans):
            if rate_plan.room_type not in rooms:
                raise InvalidField(f"rate_plans[{index}].room_type", "must be one of the listing's room types")

    def _check_names(self, path: str, parts: Sequence[tuple[str, str]]) -> None:
        seen: set[str] = set()
        for index, (name, hotel) in enumerate(parts):
            if hotel != self.hotel.name:
                raise InvalidField(f"{path}[{index}].name", f"must be of {self.hotel.name}")
            if name in seen:
                raise InvalidField(f"{path}[{index}].name", "stands further up already")
            seen.add(name)

    def in_order(self) -> Listing:
        """The listing with its parts in the order of their names, in whatever order they came."""
        return replace(
            self,
            room_types=tuple(sorted(self.room_types, key=lambda part: part.name)),
            rate_plans=tuple(sorted(self.rate_plans, key=lambda part: part.name)),
        )

    def revised(self, by: Listing) -> Listing:
        """The listing as `by` has it, each changed part one revision on; equal to itself where nothing changes.

        A part that `by` does not have is gone. Raises InvalidField for another currency.
        """
        room_types = {part.name: part for part in self.room_types}
        rate_plans = {part.name: part for part in self.rate_plans}
        return Listing(
            hotel=self.hotel.revised(by.hotel, "hotel"),
            room_types=tuple(room_types.get(part.name, part).revised(part) for part in by.room_types),
            rate_plans=tuple(rate_plans.get(part.name, part).revised(part) for part in by.rate_plans),
        )
