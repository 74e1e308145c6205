"""What can be watched by WebSocket, and where."""

from __future__ import annotations

from typing import cast

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from chassis.server.authentication import AUTHORIZATION
from chassis.service import Kit
from innkeeper.booking.v1 import booking_pb2
from innkeeper.booking.v1.booking_pb2_grpc import BookingServiceStub
from innkeeper.notifications.v1 import feed_pb2
from innkeeper.notifications.v1.notifications_pb2_grpc import NotificationsServiceStub
from services.web.live.door import Door
from services.web.live.hub import Hub
from services.web.live.watch import Events


class Live:
    """`/v1/bookings/{id}/events`, `/v1/users/{id}/events` and `/v1/users/{id}/notifications`."""

    def __init__(self, kit: Kit) -> None:
        self._bookings = kit.outside_stub(BookingServiceStub)
        self._notifications = kit.outside_stub(NotificationsServiceStub)
        self._door = Door(kit)
        all_bookings, all_notifications = kit.stub(BookingServiceStub), kit.stub(NotificationsServiceStub)

        def of_bookings(token: str, after: int) -> Events:
            request = booking_pb2.WatchAllBookingsRequest(after_event=after)
            return cast(Events, all_bookings.WatchAllBookings(request))

        def of_notifications(token: str, after: int) -> Events:
            request = feed_pb2.WatchAllNotificationsRequest(after_event=after)
            return cast(Events, all_notifications.WatchAllNotifications(request))

        self._booking_hub, self._notification_hub = Hub(of_bookings), Hub(of_notifications)

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [
            WebSocketRoute("/v1/bookings/{id}/events", self.of_booking),
            WebSocketRoute("/v1/users/{id}/events", self.of_user),
            WebSocketRoute("/v1/users/{id}/notifications", self.for_user),
        ]

    async def of_booking(self, socket: WebSocket) -> None:
        """What happens to one booking."""
        name = f"bookings/{socket.path_params['id']}"

        def stream(token: str, after: int) -> Events:
            request = booking_pb2.WatchBookingRequest(name=name, after_event=after)
            return cast(Events, self._bookings.WatchBooking(request, metadata=_bearer(token)))

        await self._door.serve(socket, name, stream, self._booking_hub)

    async def of_user(self, socket: WebSocket) -> None:
        """What happens to all bookings of one user."""
        user = f"users/{socket.path_params['id']}"

        def stream(token: str, after: int) -> Events:
            request = booking_pb2.WatchUserBookingsRequest(user=user, after_event=after)
            return cast(Events, self._bookings.WatchUserBookings(request, metadata=_bearer(token)))

        await self._door.serve(socket, user, stream, self._booking_hub)

    async def for_user(self, socket: WebSocket) -> None:
        """What one user is told."""
        user = f"users/{socket.path_params['id']}"

        def stream(token: str, after: int) -> Events:
            request = feed_pb2.WatchNotificationsRequest(user=user, after_event=after)
            return cast(Events, self._notifications.WatchNotifications(request, metadata=_bearer(token)))

        await self._door.serve(socket, user, stream, self._notification_hub)


def _bearer(token: str) -> list[tuple[str, str]]:
    return [(AUTHORIZATION, f"Bearer {token}")]
