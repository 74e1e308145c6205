"""What the letters tell of a booking, in plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, auto
from zoneinfo import ZoneInfo

from services.notifications.letters.foreign import Foreign


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in whole units of its currency (ISO 4217)."""

    value: Decimal
    currency: str


class Money(StrEnum):
    """Where the guest's money is."""

    FREE = auto()
    """There is nothing to pay."""
    ON_ITS_WAY = auto()
    """The bank was asked to move it, and has not answered."""
    TAKEN = auto()
    GIVEN_BACK = auto()
    LET_GO = auto()
    """It was kept ready at most, and is not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stay at a hotel. `board` is a name of the catalogue's section `board`. `deadlines` are pairs of until when to
    cancel, and how much of the total goes back then, in per cent. `region` is the hotel's country (ISO 3166-1 alpha-2),
    empty where nobody says it."""

    code: str
    hotel: Foreign
    address: Sequence[Foreign]
    region: str
    time_zone: ZoneInfo
    check_in: date
    check_out: date
    guests: int
    lead_guest: Foreign
    room: Foreign | None
    board: str
    nights: Sequence[tuple[date, Amount]]
    taxes: Sequence[tuple[Foreign, Amount]]
    total: Amount
    deadlines: Sequence[tuple[datetime, int]]
    booked: datetime
    money: Money
    refunded: Amount
