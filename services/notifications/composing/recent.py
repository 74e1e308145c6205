"""What was asked a moment ago, for those who ask the same again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

SECONDS: Final = 2.0
MOST: Final = 512


class Recent(Generic[T]):
    """Answers by name. Who asks while another is about to waits for the same answer; neither a failure nor None is kept
    or shared.

    Args:
        seconds: How old an answer may be, counted from when it was asked for.
        most: How many are kept.
        clock: Seconds, monotonic.
    """

    def __init__(
        self, *, seconds: float = SECONDS, most: int = MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._answers: dict[str, tuple[float, asyncio.Future[T | None]]] = {}

    async def get(self, name: str, ask: Callable[[], Awaitable[T | None]]) -> T | None:
        """The answer for that name: a recent one, or what `ask` returns. Raises what that raises."""
        asked, known = self._answers.get(name, (0.0, None))
        if known is not None and self._clock() < asked + self._seconds:
            shared = await asyncio.shield(known)  # who waits may give up without others having to
            return shared if shared is not None else await ask()
        return await self._asked(name, ask)

    async def _asked(self, name: str, ask: Callable[[], Awaitable[T | None]]) -> T | None:
        self._answers.pop(name, None)
        while len(self._answers) >= self._most:
            del self._answers[next(iter(self._answers))]
        entry = self._clock(), asyncio.get_running_loop().create_future()
        self._answers[name] = entry
        answer: T | None = None
        try:
            answer = await ask()
            return answer
        finally:
            entry[1].set_result(answer)
            if answer is None and self._answers.get(name) is entry:
                del self._answers[name]
