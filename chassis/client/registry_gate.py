"""Keeps calls that find their service through the registry waiting until the registry was reached once.

gRPC's xDS client that cannot reach its registry tries again after 1 s, 1.6 s and so on, up to two minutes, and nothing
can change that. A process that starts long before its registry would come to life as late. Our own channel to the
registry tries every five seconds, so that is what is waited for, before gRPC's client is there at all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

from chassis.client.interceptor import Outgoing, Send
from chassis.errors import platform_error
from chassis.policy import Method


class RegistryGate:
    """A client interceptor, one for all services that the registry knows the way to.

    Args:
        reached: Returns when there is a connection to the registry.
    """

    def __init__(self, reached: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._reached = reached
        self._reaching: asyncio.Task[None] | None = None
        self._open = False

    def bind(self, method: Method, send: Send) -> Send:
        async def when_reached(request: Any, outgoing: Outgoing) -> Any:
            if not self._open:
                await self._opened(outgoing)
            return await send(request, outgoing)

        return when_reached

    def begin(self) -> None:
        """Begins to wait before there is a call that has to."""
        if self._reaching is None:
            self._reaching = asyncio.get_running_loop().create_task(self._reached(), context=Context())

    async def close(self) -> None:
        """Ends the waiting."""
        if self._reaching is not None:
            self._reaching.cancel()
            await asyncio.wait((self._reaching,))

    async def _opened(self, outgoing: Outgoing) -> None:
        """Returns when calls may go out. Takes the wait off the call's time, and fails where that does not do."""
        self.begin()
        assert self._reaching is not None
        begun = time.monotonic()
        await asyncio.wait((self._reaching,), timeout=outgoing.timeout)
        if not self._reaching.done() or self._reaching.cancelled():
            raise platform_error(
                "DEPENDENCY_UNAVAILABLE", "the registry is not to be reached: try again", retry_after=1.0
            ).as_seen_by_client()
        self._reaching.result()
        self._open = True
        if outgoing.timeout is not None:
            outgoing.timeout -= time.monotonic() - begun
