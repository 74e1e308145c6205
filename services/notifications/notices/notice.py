"""A booking that a hotel was told of, and is to acknowledge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Whether a hotel has seen a booking. The names are those of the contract."""

    WAITING = "WAITING"
    ESCALATED = "ESCALATED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Says nothing of the guest. Each time is None until that has happened."""

    name: str
    booking: str
    hotel: str
    create_time: datetime
    send_time: datetime | None = None
    escalate_time: datetime | None = None
    acknowledge_time: datetime | None = None
    withdraw_time: datetime | None = None

    @property
    def state(self) -> State:
        """Who has said to have seen it has seen it, whatever became of the booking since."""
        if self.acknowledge_time is not None:
            return State.ACKNOWLEDGED
        if self.withdraw_time is not None:
            return State.WITHDRAWN
        return State.WAITING if self.escalate_time is None else State.ESCALATED

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to say to have seen it."""
        return self.state in (State.WAITING, State.ESCALATED)

    def acknowledged(self, now: datetime) -> Notice:
        """Somebody at the hotel has seen it; the first time counts."""
        return replace(self, acknowledge_time=now) if self.is_open else self


def name_for(booking: str) -> str:
    """The name of the notice of a booking, of which there is one."""
    return f"notices/{booking.removeprefix('bookings/')}"
