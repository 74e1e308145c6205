"""What users write of the place in a log where to begin, and what it means."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from clients.cli.failure import Mistake

UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_AGO: Final = re.compile(r"([0-9]{1,6})([smhd])")
_NUMBER: Final = re.compile(r"#([1-9][0-9]{0,17})")


def beginning(text: str) -> dict[str, Any]:
    """`2027-03-01T12:00:00Z`, `3d` or `#4711`, as the field of a ReplayEventsRequest. A time without a zone is one of
    UTC. Raises Mistake."""
    if number := _NUMBER.fullmatch(text):
        return {"from_sequence": int(number[1])}
    try:
        if ago := _AGO.fullmatch(text):
            return {"from_time": datetime.now(UTC) - timedelta(**{UNITS[ago[2]]: int(ago[1])})}
        time = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise Mistake(
            f"--from {text}: must be a time such as 2027-03-01T12:00:00Z, a while ago such as 3d, or a number, #4711"
        ) from None
    return {"from_time": time if time.tzinfo is not None else time.replace(tzinfo=UTC)}
