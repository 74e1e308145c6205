"""A watch that goes on for as long as somebody wants it, whatever becomes of the streams by which it is done."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final, Protocol

import grpc

from chassis.errors import NO_ANSWER
from services.web.live.event import LiveEvent

Events = AsyncGenerator[LiveEvent, None]

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
"""Seconds, on average, before another stream is opened: more each time, as long as none brings anything."""

AGAIN: Final = NO_ANSWER | {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN}
"""How a stream ends that another may follow: its deadline has passed, or the service stops or has too much to do."""


class OpenStream(Protocol):
    """Opens a stream of a feed's events, in the name of whom the token is, from after that event."""

    def __call__(self, token: str, after: int) -> Events: ...


async def watch(open_stream: OpenStream, token: str, after: int) -> Events:
    """The events of a feed after that one, in order, none left out and none twice; 0 for all that are kept.

    Each stream tells of itself when it is current. Raises AioRpcError where the first stream brings nothing at all, and
    where no other may follow.
    """
    pause, begun = FIRST_PAUSE, False
    while True:
        try:
            async with aclosing(open_stream(token, after)) as stream:
                async for event in stream:
                    yield event
                    after, pause, begun = event.id, FIRST_PAUSE, True
        except grpc.aio.AioRpcError as error:
            if not begun or error.code() not in AGAIN:
                raise
        # All streams end at once when the service stops; they are not to come back at once.
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads, and hides nothing
        pause = min(pause * 2, LONGEST_PAUSE)
