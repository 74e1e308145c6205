"""Mails to hotels about the bookings that they have."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final

import structlog

from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.booking.v1.booking_pb2 import Booking
from innkeeper.hotels.v1.contacts_pb2 import HotelContact
from services.notifications import store
from services.notifications.composing.facts import stay_of
from services.notifications.composing.outgoing import message_to
from services.notifications.composing.sources import Sources
from services.notifications.letters import to_hotels
from services.notifications.letters.letter import Letter
from services.notifications.letters.rendering import Rendering
from services.notifications.letters.stay import Stay
from services.notifications.letters.words import Words, words
from services.notifications.mail import Mail, State
from services.notifications.notices import store as notices
from services.notifications.notices.notice import name_for
from services.notifications.notices.token import NoticeTokens
from services.notifications.occasions import Kind
from services.notifications.sending.composer import NotYet

SOON: Final = timedelta(seconds=1)
AGAIN: Final = timedelta(seconds=15)
EXPECTED: Final = (Booking.STATE_CONFIRMED, Booking.STATE_CHECKED_IN)


@dataclass(frozen=True, slots=True)
class Reader:
    """A booking, as the hotel reads of it."""

    words: Words
    stay: Stay


class ForHotels:
    """Makes them.

    Args:
        sources: Who knows.
        database: Where mails and notices are.
        tokens: Sign the links by which a hotel acknowledges.
        public_url: Where the platform is for the outside world.
        minutes: How long a hotel has to acknowledge.
    """

    def __init__(
        self,
        sources: Sources,
        rendering: Rendering,
        database: Database,
        clock: Clock,
        *,
        tokens: NoticeTokens,
        public_url: str,
        minutes: int,
    ) -> None:
        self._sources = sources
        self._rendering = rendering
        self._database = database
        self._clock = clock
        self._tokens = tokens
        self._public_url = public_url
        self._minutes = minutes
        self._log = structlog.get_logger().bind(logger="innkeeper.notifications.hotels")

    async def booked(self, mail: Mail) -> EmailMessage | None:
        """To the hotel's address, or where it has none to its second one. None where the booking was called off."""
        booking, contact = await self._asked(mail)
        if booking is None or contact is None or booking.state not in EXPECTED:
            return None
        address = contact.email or contact.fallback_email
        if not address:
            self._log.warning("hotel_without_contact", hotel=mail.recipient, booking=mail.subject)
            return None
        reader, link = await asyncio.gather(self.reader(booking, contact), self._link(mail.subject))
        if reader is None:
            return None
        second = bool(contact.email and contact.fallback_email)
        letter = to_hotels.booked(
            reader.words, reader.stay, acknowledge=link, minutes=self._minutes, second_address=second
        )
        return self._message(address, letter)

    async def booked_again(self, mail: Mail) -> EmailMessage | None:
        """To the second address, once, where nobody has acknowledged in time. None where somebody has, where the
        booking was called off, and where there is no other address. Raises NotYet until the hotel has had its time."""
        first, notice = await self._database.read(
            lambda session: (store.about(session, mail.subject, Kind.HOTEL_BOOKED), notices.find(session, mail.subject))
        )
        if notice is None or not notice.is_open:
            return None
        if first is not None and first.state is State.QUEUED:
            raise NotYet(self._clock() + AGAIN)
        if notice.send_time is not None:  # where the first address has taken nothing there is nothing to wait for
            due = notice.send_time + timedelta(minutes=self._minutes)
            if self._clock() < due:
                raise NotYet(due)
        booking, contact = await self._asked(mail)
        if booking is None or contact is None or booking.state not in EXPECTED or not contact.email:
            return None
        if contact.fallback_email in ("", contact.email):
            self._log.warning("notice_not_acknowledged", hotel=mail.recipient, booking=mail.subject)
            return None
        reader, link = await asyncio.gather(self.reader(booking, contact), self._link(mail.subject))
        if reader is None:
            return None
        letter = to_hotels.booked_again(reader.words, reader.stay, acknowledge=link, minutes=self._minutes)
        return self._message(contact.fallback_email, letter)

    async def cancelled(self, mail: Mail) -> EmailMessage | None:
        """To the hotel's address. None where the hotel has never heard of the booking, as far as that is kept: rather
        it hears once too often than that it waits for a guest who does not come."""
        return await self._cancelled(mail, Kind.HOTEL_BOOKED)

    async def cancelled_again(self, mail: Mail) -> EmailMessage | None:
        """To the second address, where that was told of the booking."""
        return await self._cancelled(mail, Kind.HOTEL_BOOKED_AGAIN)

    def sent(self, session: Session, mail: Mail) -> None:
        """Notes when a hotel was written to."""
        if mail.kind not in (Kind.HOTEL_BOOKED, Kind.HOTEL_BOOKED_AGAIN):
            return
        notice = notices.find(session, mail.subject)
        if notice is not None and mail.kind == Kind.HOTEL_BOOKED:
            notices.put(session, replace(notice, send_time=mail.end_time))
        elif notice is not None:
            notices.put(session, replace(notice, escalate_time=mail.end_time))

    async def reader(self, booking: Booking, contact: HotelContact) -> Reader | None:
        """The booking in the hotel's words; None where there is no such hotel any more."""
        hotel, room_type = await asyncio.gather(
            self._sources.hotel(booking.hotel), self._sources.room_type(booking.price.room_type)
        )
        if hotel is None:
            return None
        return Reader(words(contact.language_code), stay_of(booking, hotel, room_type, None))

    async def _cancelled(self, mail: Mail, told_by: Kind) -> EmailMessage | None:
        told = await self._database.read(lambda session: store.about(session, mail.subject, told_by))
        if told is not None and told.state is State.QUEUED:
            raise NotYet(self._known_by(mail, told))
        if told is None and told_by is not Kind.HOTEL_BOOKED:
            return None
        if told is not None and told.state is not State.SENT:
            return None
        booking, contact = await self._asked(mail)
        if booking is None or contact is None or booking.state != Booking.STATE_CANCELLED:
            return None
        first = contact.email or contact.fallback_email
        address = first if told_by is Kind.HOTEL_BOOKED else contact.fallback_email
        reader = await self.reader(booking, contact)
        if not address or reader is None:
            return None
        return self._message(address, to_hotels.cancelled(reader.words, reader.stay))

    def _known_by(self, mail: Mail, told: Mail) -> datetime:
        """When to look again what has become of what was told before: soon where that is on its way."""
        now = self._clock()
        if told.kind == Kind.HOTEL_BOOKED_AGAIN:  # it has its time, and is not needed then
            return max(now, told.next_attempt_time) + AGAIN
        return now + min(max((now - mail.create_time) / 4, SOON), AGAIN)

    async def _asked(self, mail: Mail) -> tuple[Booking | None, HotelContact | None]:
        return await asyncio.gather(self._sources.booking(mail.subject), self._sources.contact(mail.recipient))

    async def _link(self, booking: str) -> str:
        token = self._tokens.issue(name_for(booking))
        return await self._sources.short(f"{self._public_url}/notices/{token}")

    def _message(self, address: str, letter: Letter) -> EmailMessage:
        return message_to(address, self._rendering.render(letter))
