"""The composer: which kind of mail is made by whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Final

import grpc

from chassis.service import Clock
from services.notifications.composing.about_bookings import AboutBookings
from services.notifications.composing.for_hotels import ForHotels
from services.notifications.composing.welcoming import Welcoming
from services.notifications.mail import Mail
from services.notifications.occasions import Kind
from services.notifications.sending.composer import NotYet

if TYPE_CHECKING:
    from chassis.storage.session import Session

BUSY: Final = timedelta(seconds=2)
"""How long a mail waits for a service that has too much to do."""

Compose = Callable[[Mail], Awaitable[EmailMessage | None]]


class Composition:
    """Makes the mails of all kinds (see `services.notifications.sending.composer`)."""

    def __init__(
        self, about_bookings: AboutBookings, for_hotels: ForHotels, welcoming: Welcoming, clock: Clock
    ) -> None:
        self._clock = clock
        self._for_hotels = for_hotels
        self._by_kind: Mapping[str, Compose] = {
            Kind.BOOKING_CONFIRMED: about_bookings.confirmed,
            Kind.BOOKING_CANCELLED: about_bookings.cancelled,
            Kind.BOOKING_FAILED: about_bookings.failed,
            Kind.RECEIPT: about_bookings.receipt,
            Kind.REMINDER: about_bookings.reminder,
            Kind.WELCOME: welcoming.welcome,
            Kind.HOTEL_BOOKED: for_hotels.booked,
            Kind.HOTEL_BOOKED_AGAIN: for_hotels.booked_again,
            Kind.HOTEL_CANCELLED: for_hotels.cancelled,
            Kind.HOTEL_CANCELLED_AGAIN: for_hotels.cancelled_again,
        }

    async def compose(self, mail: Mail) -> EmailMessage | None:
        """The mail as it is to be sent now. Raises NotYet, AioRpcError, and what the sender takes for a defect."""
        try:
            return await self._by_kind[mail.kind](mail)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:  # there is too much to do, and soon less
                raise NotYet(self._clock() + BUSY) from error
            raise

    def sent(self, session: Session, mail: Mail) -> None:
        """Notes what follows from a mail that was sent."""
        self._for_hotels.sent(session, mail)
