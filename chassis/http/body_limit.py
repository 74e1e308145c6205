"""Takes no bodies that are too large."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.http.exchange import header


class BodyLimitMiddleware:
    """Raises HTTPException 413 as soon as a body is known to be larger than so many bytes: by its `Content-Length`, or
    as it comes."""

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        announced = header(scope, "content-length")
        self._require_room(int(announced) if announced.isascii() and announced.isdigit() else 0)
        received = 0

        async def receive_within() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                self._require_room(received)
            return message

        await self._app(scope, receive_within, send)

    def _require_room(self, size: int) -> None:
        if size > self._largest:
            raise HTTPException(413, f"the body must have no more than {self._largest} bytes")
