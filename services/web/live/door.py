"""Where WebSockets are opened: who may."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from functools import partial
from typing import Final

import grpc
from starlette.websockets import WebSocket

from chassis.context import current_context
from chassis.errors import PASSED_ON, passed_on
from chassis.refusal import InvalidField
from chassis.service import Kit
from services.web.live.closing import OF_STATUS
from services.web.live.credentials import PROTOCOL, Origins, offered_by, token_of
from services.web.live.hub import Hub
from services.web.live.places import Places
from services.web.live.session import Session
from services.web.live.watch import OpenStream, watch

OPENED_WITHIN: Final = 10.0
"""Seconds that the service has to bring the first event, before the WebSocket is accepted."""

LARGEST_ID: Final = 2**63 - 1


class Door:
    """Lets in those who may watch, as many as there is room for.

    What happened before is asked of the service whose events they are, with the client's own token: that service says
    what the token is good for, before the WebSocket is accepted, so that a refusal is an HTTP status. What happens from
    then on comes by the hub.
    """

    def __init__(self, kit: Kit) -> None:
        self._verifier = kit.verifier
        self._origins = Origins(kit.settings)
        self._places = Places(kit.settings.live_connections, kit.settings.live_connections_per_user)

    async def serve(self, socket: WebSocket, name: str, stream: OpenStream, hub: Hub) -> None:
        """Serves what happens to the resource of that name, for as long as the client wants it. Raises CallFailed and
        InvalidField where it is not let in."""
        self._origins.require_allowed(socket)
        after, token = _after(socket), token_of(socket)
        principal = await self._verifier.verify(token)
        watched = partial(watch, stream)
        with self._places.one_for(principal.subject), hub.subscribed(name) as live:
            async with aclosing(watched(token, after)) as history:
                try:
                    async with asyncio.timeout(OPENED_WITHIN):
                        await hub.placed()
                        first = await anext(history)
                except grpc.aio.AioRpcError as error:
                    raise passed_on(error, current_context().trace.trace_id, PASSED_ON | OF_STATUS.keys()) from None
                await socket.accept(PROTOCOL if PROTOCOL in offered_by(socket) else None)
                socket.scope["headers"].clear()  # they were read, and would be kept for as long as it is open
                await Session(socket, self._verifier, watched, principal, after).run(first, history, live)


def _after(socket: WebSocket) -> int:
    """The id of the last event that the client knows; 0 where it names none. Raises InvalidField."""
    said = socket.query_params.get("afterEvent") or socket.headers.get("last-event-id") or "0"
    if not (said.isascii() and said.isdigit() and int(said[:20]) <= LARGEST_ID and len(said) < 20):
        raise InvalidField("after_event", "must be the id of an event")
    return int(said)
