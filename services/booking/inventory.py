"""The nights of a stay, and whether there is a room for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chassis.refusal import InvalidField, Refusal

LONGEST_STAY: Final = 30
"""Nights."""

FURTHEST_AHEAD: Final = 500
"""Days from today, at the hotel, to the day of arrival."""


class SoldOut(Refusal):
    """A night of the stay has no room of the type left."""

    reason = "SOLD_OUT"

    def __init__(self, room_type: str, night: date) -> None:
        super().__init__(f"{room_type} is sold out on {night}: choose other dates or another room", night=str(night))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The days of a stay at the hotel, half-open: the day of departure is nobody's night."""

    check_in: date
    check_out: date

    @property
    def nights(self) -> tuple[date, ...]:
        """The days on which its nights begin, the earliest first."""
        return tuple(self.check_in + timedelta(days=n) for n in range((self.check_out - self.check_in).days))

    def check_length(self) -> None:
        """Raise InvalidField for a stay of no night, or of more than LONGEST_STAY."""
        if self.check_out <= self.check_in:
            raise InvalidField("check_out", "must be after check_in")
        if self.check_out - self.check_in > timedelta(days=LONGEST_STAY):
            raise InvalidField("check_out", f"must be at most {LONGEST_STAY} nights after check_in")

    def check_ahead(self, today: date) -> None:
        """Raise InvalidField for an arrival that is past, or too far ahead, on that day at the hotel."""
        if self.check_in < today:
            raise InvalidField("check_in", f"must not be before today, {today} at the hotel")
        if self.check_in - today > timedelta(days=FURTHEST_AHEAD):
            raise InvalidField("check_in", f"must be at most {FURTHEST_AHEAD} days ahead")

    def begins(self, time_zone: str) -> datetime:
        """The instant at which the day of arrival begins in that IANA time zone, in UTC."""
        return datetime.combine(self.check_in, time.min, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def today_in(time_zone: str, now: datetime) -> date:
    """What the calendar shows at that instant in that IANA time zone."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def check_free(stay: Stay, room_type: str, *, sold: Mapping[date, int], units: int) -> None:
    """Raise SoldOut for the first night on which all units are sold; of a night not in `sold`, none is."""
    for night in stay.nights:
        if sold.get(night, 0) >= units:
            raise SoldOut(room_type, night)
