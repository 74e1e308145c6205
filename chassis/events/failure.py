"""Why an event did not take effect, and whether that is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from innkeeper.events.v1.event_log_pb2 import (
    DEAD_LETTER_REASON_BEHIND,
    DEAD_LETTER_REASON_FAILED,
    DEAD_LETTER_REASON_TOO_LARGE,
    DeadLetterReason,
)

PAUSES: Final = (0.2, 1.0, 5.0, 30.0)
"""Seconds after which one that failed is tried again: for a subscriber that needs a moment, and not for a defect."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an event did not take effect. `again` says that it may when it is tried again by itself."""

    reason: DeadLetterReason.ValueType
    detail: str
    again: bool = False

    def retry_time(self, attempts: int, now: datetime) -> datetime | None:
        """When to try next, after so many attempts; None for not before somebody asks for it."""
        if not self.again or attempts > len(PAUSES):
            return None
        return now + timedelta(seconds=PAUSES[attempts - 1])


def failed(detail: str) -> Failure:
    """The subscriber's own code failed."""
    return Failure(DEAD_LETTER_REASON_FAILED, detail, again=True)


def too_large(size: int, most: int) -> Failure:
    """A payload of so many bytes, which is more than may be sent."""
    return Failure(DEAD_LETTER_REASON_TOO_LARGE, f"{size} bytes: more than INNKEEPER_MAX_EVENT_BYTES, {most}")


BEHIND: Final = Failure(DEAD_LETTER_REASON_BEHIND, "an earlier event of its aggregate is a dead letter")
