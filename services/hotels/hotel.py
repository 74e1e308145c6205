"""A hotel: where it stands, by which clock and in which currency it reckons, and what it adds to every stay."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.refusal import InvalidField
from services.hotels.tax import Tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where letters reach the hotel: the fields of google.type.PostalAddress."""

    region_code: str
    locality: str
    revision: int = 0
    language_code: str = ""
    postal_code: str = ""
    sorting_code: str = ""
    administrative_area: str = ""
    sublocality: str = ""
    address_lines: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    organization: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotel:
    """A hotel. Two are equal when they say the same, whenever they were written.

    `latitude` and `longitude` are degrees (WGS 84), `amenities` numbers of the contract's enum.
    """

    name: str
    display_name: str
    address: Address
    latitude: float
    longitude: float
    time_zone: str
    stars: int
    amenities: tuple[int, ...]
    currency_code: str
    taxes: tuple[Tax, ...]
    create_time: datetime = field(compare=False)
    update_time: datetime = field(compare=False)
    revision: int = field(compare=False, default=1)

    def check(self, path: str) -> None:
        """Raises InvalidField where the hotel breaks a rule; `path` is where the request has it."""
        if not self.name:
            raise InvalidField(f"{path}.name", "is required")
        if not self.display_name:
            raise InvalidField(f"{path}.display_name", "is required")
        if not known_time_zone(self.time_zone):
            raise InvalidField(f"{path}.time_zone", "must be a time zone of the IANA database, such as Europe/Vienna")

    def revised(self, by: Hotel, path: str) -> Hotel:
        """The hotel as `by` has it, one revision on; itself where that changes nothing.

        Raises InvalidField for another currency: every price of the hotel would change its meaning.
        """
        if by.currency_code != self.currency_code:
            raise InvalidField(f"{path}.currency_code", f"cannot change, and is {self.currency_code}")
        if by == self:
            return self
        return replace(by, create_time=self.create_time, revision=self.revision + 1)


def known_time_zone(key: str) -> bool:
    """Whether the IANA database has a time zone of that key."""
    try:
        ZoneInfo(key)
    except (KeyError, ValueError, OSError):
        return False
    return True
