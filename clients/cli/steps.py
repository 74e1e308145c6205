"""Tells of each step of a walk when it is done, with the time it took."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def step(work: Awaitable[T], say: Callable[[T], str]) -> T:
    """Wait for the work, print what `say` makes of its result, and return that."""
    began = time.perf_counter()
    result = await work
    print(f"{(time.perf_counter() - began) * 1000:7.0f} ms  {say(result)}", flush=True)
    return result
