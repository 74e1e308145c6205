"""Ends WebSockets when the process stops: they would last for as long as it does."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.errors import CallFailed, platform_error

GOING_AWAY = 1001
"""What they end with (RFC 6455, 7.4.1): the client may come again, and finds another server."""

TOLD_WITHIN = 1.0
"""Seconds that it may take to tell them: one whose client reads nothing cannot be told."""


def stopping() -> CallFailed:
    """What is told to whoever comes too late."""
    return platform_error("OVERLOADED", "this server stops: come again", retry_after=1.0)


class GoingAwayMiddleware:
    """Knows the WebSockets that are open."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open: dict[int, Send] = {}
        self._leaving = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        if self._leaving:
            raise stopping()

        async def send_while_open(message: Message) -> None:
            if self._leaving:
                raise OSError("the server has ended it")  # what ASGI has a server raise when the client has gone
            await send(message)
            if message["type"] == "websocket.accept":
                self._open[id(scope)] = send
            elif message["type"] == "websocket.close":
                self._open.pop(id(scope), None)

        try:
            await self._app(scope, receive, send_while_open)
        finally:
            self._open.pop(id(scope), None)

    async def leave(self) -> None:
        """Ends all that are open, and lets in no others. Each app is told that its client has disconnected."""
        self._leaving = True
        leaving, self._open = self._open, {}
        goodbyes = [send({"type": "websocket.close", "code": GOING_AWAY}) for send in leaving.values()]
        with suppress(TimeoutError):
            async with asyncio.timeout(TOLD_WITHIN):
                # Some may have gone by themselves, unseen by their app: telling those raises, and is no matter.
                await asyncio.gather(*goodbyes, return_exceptions=True)
