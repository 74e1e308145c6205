"""Takes no heads and no bodies that are too large."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.http.exchange import header

LARGEST_HEAD = 32 * 1024
"""Bytes of all headers, as much as gRPC's server takes of metadata."""


class LimitsMiddleware:
    """Raises HTTPException 431 for a head that is too large, and 413 as soon as a body is known to be larger than so
    many bytes: by its `Content-Length`, or as it comes."""

    def __init__(self, app: ASGIApp, largest_body: int) -> None:
        self._app = app
        self._largest_body = largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEAD:
            raise HTTPException(431, f"the headers must have no more than {LARGEST_HEAD} bytes")
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
        if size > self._largest_body:
            raise HTTPException(413, f"the body must have no more than {self._largest_body} bytes")
