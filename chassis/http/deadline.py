"""Gives each request its time."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.context import current_context

LONGEST = 15.0
"""Seconds from the head of a request to the end of its answer."""


class DeadlineMiddleware:
    """Raises TimeoutError where an answer takes too long, be it that its request's body comes too slowly. A WebSocket
    may last."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        current_context().deadline = time.monotonic() + LONGEST
        async with asyncio.timeout(LONGEST):
            await self._app(scope, receive, send)
