"""One WebSocket that is open: events go out, and what its client sends is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import Final

import grpc
from msgspec import UNSET
from starlette.websockets import WebSocket, WebSocketDisconnect

from chassis.context import Principal
from chassis.errors import CallFailed, reason_of
from chassis.server.authentication import Verifier
from services.web.live.client_message import client_message
from services.web.live.closing import OF_STATUS, CloseCode, Ended
from services.web.live.event import CURRENT, LiveEvent, event_json
from services.web.live.hub import Subscriber
from services.web.live.watch import Events

SENT_WITHIN: Final = 10.0
"""Seconds that a client may take for what was sent, once all that lies between is full."""

CLOSED_WITHIN: Final = 1.0
"""Seconds that the close frame may take to be on its way."""

Watched = Callable[[str, int], Events]
"""The events after that one of what is watched, in the name of whom the token is."""


class Session:
    """A client and what it watches.

    Args:
        socket: Accepted.
        verifier: Tells whom a token speaks for that takes the place of the first.
        watched: What the client watches.
        principal: Whom the first token speaks for.
        after: The last event that the client knows.
    """

    def __init__(
        self, socket: WebSocket, verifier: Verifier, watched: Watched, principal: Principal, after: int
    ) -> None:
        self._socket = socket
        self._verifier = verifier
        self._watched = watched
        self._subject = principal.subject
        self._told = after
        self._lifetime = asyncio.timeout_at(_on_loops_clock(principal.expire_time))

    async def run(self, first: LiveEvent, history: Events, live: Subscriber) -> None:
        """Goes on until the client has gone, or is told with a close code why it ends.

        Args:
            first: The first event of `history`.
            history: What happened before, up to where it is current.
            live: What happens, from before that on.
        """
        try:
            async with self._lifetime, asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tell(first, history, live))
                await self._listen()
        except TimeoutError:
            await self._close(Ended(CloseCode.TOKEN_NOT_GOOD, "the access token has expired"))
        except BaseExceptionGroup as ended:
            gone, rest = ended.split(WebSocketDisconnect)
            whys, defects = rest.split(Ended) if rest is not None else (None, None)
            if whys is not None and gone is None:
                await self._close(_first(whys))
            if defects is not None:
                raise defects from None

    async def _tell(self, event: LiveEvent, history: Events, live: Subscriber) -> None:
        with _watching():
            async with aclosing(history):
                while event.type != CURRENT:
                    await self._tell_of(event)
                    event = await anext(history)
                await self._send(event_json(event))
        while True:
            event = await live.next()
            if event.id > self._told:  # else it came with the history
                await self._tell_of(event)

    async def _tell_of(self, event: LiveEvent) -> None:
        await self._send(event_json(event))
        self._told = event.id

    async def _listen(self) -> None:
        while True:
            received = await self._socket.receive()
            if received["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(received.get("code", 1006))
            message = client_message(received.get("text"))
            if message.ping is not UNSET:
                await self._send(f'{{"pong":{bytes(message.ping).decode()}}}')
            elif message.token is not UNSET:
                await self._renew(message.token)
                await self._send('{"renewed":true}')

    async def _renew(self, token: str) -> None:
        """Goes on by another token of the same user, if that is good for all that the first one was. Raises Ended."""
        try:
            principal = await self._verifier.verify(token)
        except CallFailed as failed:
            raise Ended(CloseCode.TOKEN_NOT_GOOD, failed.reason) from None
        if principal.subject != self._subject:
            raise Ended(CloseCode.NOT_ALLOWED, "the token is another user's")
        with _watching():
            async with aclosing(self._watched(token, self._told)) as events:
                await anext(events)
        self._lifetime.reschedule(_on_loops_clock(principal.expire_time))

    async def _send(self, text: str) -> None:
        try:
            async with asyncio.timeout(SENT_WITHIN):
                await self._socket.send_text(text)
        except TimeoutError:
            raise Ended(CloseCode.TOO_SLOW, "what was sent was not taken in time") from None

    async def _close(self, ended: Ended) -> None:
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(CLOSED_WITHIN):
                await self._socket.close(ended.code, ended.reason)


@contextmanager
def _watching() -> Iterator[None]:
    """Raises Ended where the service refuses a watch."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        code = OF_STATUS.get(error.code(), CloseCode.INTERNAL_ERROR)
        raise Ended(code, f"the events can not be watched: {reason_of(error)}") from None


def _on_loops_clock(expire_time: float) -> float:
    return asyncio.get_running_loop().time() + expire_time - time.time()


def _first(group: BaseExceptionGroup[Ended]) -> Ended:
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found
