"""A kind of room, of which a hotel has several alike."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chassis.refusal import InvalidField


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomType:
    """A room type. Two are equal when they say the same, whatever their revisions.

    `capacity` is how many guests one room takes, `units` how many such rooms there are; none closes the room type.
    """

    name: str
    display_name: str
    capacity: int
    units: int
    revision: int = field(compare=False, default=1)

    @property
    def hotel(self) -> str:
        """The hotel's name."""
        return self.name.partition("/roomTypes/")[0]

    def check(self, path: str) -> None:
        """Raises InvalidField where the room type breaks a rule; `path` is where the request has it."""
        if not self.name:
            raise InvalidField(f"{path}.name", "is required")
        if not self.display_name:
            raise InvalidField(f"{path}.display_name", "is required")
        if self.capacity < 1:
            raise InvalidField(f"{path}.capacity", "must be at least one")

    def revised(self, by: RoomType) -> RoomType:
        """The room type as `by` has it, one revision on; itself where that changes nothing."""
        return self if by == self else replace(by, revision=self.revision + 1)
