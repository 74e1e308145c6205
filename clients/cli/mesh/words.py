"""What users write of shares, times and methods, and what it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from clients.cli.failure import Mistake

UNITS = {"ms": timedelta(milliseconds=1), "s": timedelta(seconds=1), "m": timedelta(minutes=1)}
STATUSES = {
    "CANCELLED": 1,
    "UNKNOWN": 2,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "OUT_OF_RANGE": 11,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "DATA_LOSS": 15,
    "UNAUTHENTICATED": 16,
}
"""The gRPC status codes by name; here since options are read before gRPC is loaded."""

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)")
_METHOD = re.compile(r"([a-z][a-z0-9-]*)/([A-Z][A-Za-z0-9]*)")
_SHARE = re.compile(r"([a-z0-9][a-z0-9.-]{0,31})=([0-9]{1,3})%?")


def delay(text: str) -> timedelta:
    """`500ms`, `2s`, `1.5s` or `1m`. Raises Mistake."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise Mistake(f"--delay {text}: must be a number with its unit, such as 500ms, 2s or 1m")
    return float(found[1]) * UNITS[found[2]]


def status(text: str) -> int:
    """`UNAVAILABLE`, in any case, as the number of the gRPC status code. Raises Mistake."""
    name = text.upper().replace("-", "_")
    if name not in STATUSES:
        raise Mistake(f"--abort {text}: must be a gRPC status code: {', '.join(STATUSES)}")
    return STATUSES[name]


def method(text: str) -> tuple[str, str]:
    """`booking/CreateBooking` as service and method. Raises Mistake."""
    found = _METHOD.fullmatch(text)
    if found is None:
        raise Mistake(f"{text}: must be SERVICE/METHOD, such as booking/CreateBooking")
    return found[1], found[2]


def shares(texts: Sequence[str]) -> dict[str, int]:
    """`v2=10`, `v1=90` as percent by variant. Raises Mistake."""
    read: dict[str, int] = {}
    for text in texts:
        found = _SHARE.fullmatch(text)
        if found is None or int(found[2]) > 100:
            raise Mistake(f"{text}: must be VARIANT=PERCENT, with 0 to 100 percent, such as v2=10")
        if found[1] in read:
            raise Mistake(f"{text}: {found[1]} has a share already, {read[found[1]]}")
        read[found[1]] = int(found[2])
    if sum(read.values()) > 100:
        raise Mistake(f"{' '.join(texts)}: the shares add up to {sum(read.values())} percent, more than 100")
    return read
