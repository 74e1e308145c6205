"""Calls as the chassis has them in hand, made up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any

from chassis.context import CURRENT, Call
from tests.toy import contract


def call(method: str = "Tell", *, seconds: float = inf, **changes: Any) -> Call:
    """A call of a toy's method with so much time left."""
    values: dict[str, Any] = {
        "method": contract.method(method),
        "metadata": {},
        "deadline": time.monotonic() + seconds,
        "cut_off": inf,
        "peer": lambda: "in-process",
    }
    return Call(**(values | changes))


@contextmanager
def in_hand(current: Call) -> Iterator[Call]:
    """That call is the one in hand."""
    token = CURRENT.set(current)
    try:
        yield current
    finally:
        CURRENT.reset(token)
