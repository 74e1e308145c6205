"""Something that a user is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto


class Kind(StrEnum):
    """What a user can be told. The names are those of the contract."""

    BOOKING_CONFIRMED = auto()
    BOOKING_FAILED = auto()
    BOOKING_CANCELLED = auto()
    PAYMENT_REFUNDED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What `user` is told about `booking`. Of two, the lower `id` was made first. `read_time` is None until
    the user has read it."""

    id: int
    user: str
    kind: Kind
    booking: str
    occur_time: datetime
    read_time: datetime | None = None

    @property
    def name(self) -> str:
        """The resource name."""
        return f"{self.user}/notifications/{self.id}"
