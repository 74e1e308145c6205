"""Where WebSockets are opened: who may, and what they watch."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from functools import partial
from typing import Final, cast

import grpc
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from chassis.context import current_context
from chassis.errors import PASSED_ON, passed_on
from chassis.refusal import InvalidField
from chassis.server.authentication import AUTHORIZATION
from chassis.service import Kit
from innkeeper.booking.v1 import booking_pb2
from innkeeper.booking.v1.booking_pb2_grpc import BookingServiceStub
from services.web.live.closing import OF_STATUS
from services.web.live.credentials import PROTOCOL, Origins, offered_by, token_of
from services.web.live.hub import Hub
from services.web.live.places import Places
from services.web.live.session import Session
from services.web.live.watch import Events, OpenStream, watch

OPENED_WITHIN: Final = 10.0
"""Seconds that the booking service has to bring the first event, before the WebSocket is accepted."""

LARGEST_ID: Final = 2**63 - 1


class Live:
    """`/v1/bookings/{id}/events` and `/v1/users/{id}/events`.

    What happened before is asked of the booking service with the client's own token: that service says what the token
    is good for, before the WebSocket is accepted, so that a refusal is an HTTP status. What happens from then on comes
    by the hub.
    """

    def __init__(self, kit: Kit) -> None:
        self._bookings = kit.outside_stub(BookingServiceStub)
        self._hub = Hub(_all_events(kit.stub(BookingServiceStub)))
        self._verifier = kit.verifier
        self._origins = Origins(kit.settings)
        self._places = Places(kit.settings.live_connections, kit.settings.live_connections_per_user)

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [
            WebSocketRoute("/v1/bookings/{id}/events", self.of_booking),
            WebSocketRoute("/v1/users/{id}/events", self.of_user),
        ]

    async def of_booking(self, socket: WebSocket) -> None:
        """What happens to one booking."""
        name = f"bookings/{socket.path_params['id']}"

        def stream(token: str, after: int) -> Events:
            request = booking_pb2.WatchBookingRequest(name=name, after_event=after)
            return cast(Events, self._bookings.WatchBooking(request, metadata=_bearer(token)))

        await self._serve(socket, name, stream)

    async def of_user(self, socket: WebSocket) -> None:
        """What happens to all bookings of one user."""
        user = f"users/{socket.path_params['id']}"

        def stream(token: str, after: int) -> Events:
            request = booking_pb2.WatchUserBookingsRequest(user=user, after_event=after)
            return cast(Events, self._bookings.WatchUserBookings(request, metadata=_bearer(token)))

        await self._serve(socket, user, stream)

    async def _serve(self, socket: WebSocket, name: str, stream: OpenStream) -> None:
        self._origins.require_allowed(socket)
        after, token = _after(socket), token_of(socket)
        principal = await self._verifier.verify(token)
        watched = partial(watch, stream)
        with self._places.one_for(principal.subject), self._hub.subscribed(name) as live:
            async with aclosing(watched(token, after)) as history:
                try:
                    async with asyncio.timeout(OPENED_WITHIN):
                        await self._hub.placed()
                        first = await anext(history)
                except grpc.aio.AioRpcError as error:
                    raise passed_on(error, current_context().trace.trace_id, PASSED_ON | OF_STATUS.keys()) from None
                await socket.accept(PROTOCOL if PROTOCOL in offered_by(socket) else None)
                socket.scope["headers"].clear()  # they were read, and would be kept for as long as it is open
                await Session(socket, self._verifier, watched, principal, after).run(first, history, live)


def _all_events(bookings: BookingServiceStub) -> OpenStream:
    def stream(token: str, after: int) -> Events:
        return cast(Events, bookings.WatchAllBookings(booking_pb2.WatchAllBookingsRequest(after_event=after)))

    return stream


def _after(socket: WebSocket) -> int:
    """The id of the last event that the client knows; 0 where it names none. Raises InvalidField."""
    said = socket.query_params.get("afterEvent") or socket.headers.get("last-event-id") or "0"
    if not (said.isascii() and said.isdigit() and int(said[:20]) <= LARGEST_ID and len(said) < 20):
        raise InvalidField("after_event", "must be the id of an event")
    return int(said)


def _bearer(token: str) -> list[tuple[str, str]]:
    return [(AUTHORIZATION, f"Bearer {token}")]
