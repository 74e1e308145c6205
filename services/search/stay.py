"""When a stay may be: what the contract says of dates that a single field cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from chassis.refusal import InvalidField

LONGEST_STAY = 30
FURTHEST_AHEAD = 500
"""Days from today to check-in."""

LAST_TO_TURN = timezone(timedelta(hours=-12))
"""Where on earth it is yesterday for the longest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The nights `[check_in, check_out)`, by the hotel's calendar, for so many guests in one room."""

    check_in: date
    check_out: date
    guests: int

    def check_length(self) -> None:
        """Raises InvalidField for a stay of no night, or of more than thirty."""
        if self.check_out <= self.check_in:
            raise InvalidField("check_out", "must be after check_in")
        if (self.check_out - self.check_in).days > LONGEST_STAY:
            raise InvalidField("check_out", f"must be at most {LONGEST_STAY} nights after check_in")

    def check_start(self, now: datetime, time_zone: str) -> None:
        """Raises InvalidField for a check-in before today or too far ahead, by the calendar of a time zone.

        An empty time zone is that of a point anywhere: there, today is the earliest date that some place on earth has.
        """
        today = today_in(time_zone, now)
        if self.check_in < today:
            raise InvalidField("check_in", f"must not be before today, {today}")
        if (self.check_in - today).days > FURTHEST_AHEAD:
            raise InvalidField("check_in", f"must be at most {FURTHEST_AHEAD} days ahead")


def today_in(time_zone: str, now: datetime) -> date:
    """The date in a time zone; where that is empty, the earliest date that some place on earth has."""
    return now.astimezone(ZoneInfo(time_zone) if time_zone else LAST_TO_TURN).date()
