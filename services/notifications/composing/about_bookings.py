"""Mails to guests about their bookings."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from typing import Final
from zoneinfo import ZoneInfo

from chassis.dates import from_timestamp, to_date
from chassis.service import Clock
from chassis.storage.database import Database
from innkeeper.booking.v1.booking_pb2 import Booking
from innkeeper.hotels.v1.hotels_pb2 import Hotel, RoomType
from innkeeper.payments.v1.payments_pb2 import LookUpPaymentResponse, Payment
from services.notifications import store
from services.notifications.composing.facts import stay_of
from services.notifications.composing.outgoing import message_to
from services.notifications.composing.papers import Paper, Papers
from services.notifications.composing.sources import Sources
from services.notifications.letters import to_guests
from services.notifications.letters.letter import Letter, Link
from services.notifications.letters.rendering import Rendering
from services.notifications.letters.stay import Stay
from services.notifications.letters.words import Words, words
from services.notifications.mail import Mail
from services.notifications.occasions import GRACE
from services.notifications.sending.composer import NotYet
from services.notifications.taking import TOLD_BY
from services.notifications.unsubscribing.token import UnsubscribeTokens

EXPECTED: Final = frozenset({Booking.STATE_CONFIRMED, Booking.STATE_CHECKED_IN})
CALLED_OFF: Final = frozenset({Booking.STATE_CANCELLED})
FAILED: Final = frozenset({Booking.STATE_FAILED, Booking.STATE_EXPIRED})

NEVER_TAKEN: Final = frozenset({Payment.STATE_VOIDED, Payment.STATE_DECLINED, Payment.STATE_EXPIRED})
TAKEN: Final = frozenset({Payment.STATE_CAPTURED, Payment.STATE_REFUNDED}) | NEVER_TAKEN
GIVEN_BACK: Final = frozenset({Payment.STATE_REFUNDED}) | NEVER_TAKEN

PAUSES: Final = (0.03, 0.07)
"""Seconds between looking whether money has moved: mostly it does right after a booking is certain, or called off.
Where a bank is slow, others are not kept waiting for it."""

SOON: Final = timedelta(seconds=0.25)
LONGEST_PAUSE: Final = timedelta(seconds=30)
SURELY_TOLD: Final = timedelta(seconds=30)
"""A mail that was sent so long after money had moved has told of it."""

MORNING: Final = time(9)
SHORT_NOTICE: Final = timedelta(days=1)
"""Who has booked a day before the reminder, or later, needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A booking with all that belongs to it."""

    booking: Booking
    hotel: Hotel
    room_type: RoomType | None
    paid: LookUpPaymentResponse | None
    words: Words

    @property
    def stay(self) -> Stay:
        """The same as letters tell it."""
        return stay_of(self.booking, self.hotel, self.room_type, None if self.paid is None else self.paid.payment)


class AboutBookings:
    """Makes them.

    Args:
        sources: Who knows.
        database: Where mails are.
        unsubscribe: Makes the links by which a guest is not reminded any more.
        reminder_days: How many days before check-in a guest is reminded.
    """

    def __init__(
        self,
        sources: Sources,
        rendering: Rendering,
        database: Database,
        clock: Clock,
        *,
        unsubscribe: UnsubscribeTokens,
        reminder_days: int,
    ) -> None:
        self._sources = sources
        self._rendering = rendering
        self._database = database
        self._clock = clock
        self._unsubscribe = unsubscribe
        self._remind_before = timedelta(days=reminder_days)

    async def confirmed(self, mail: Mail) -> EmailMessage | None:
        """With confirmation and receipt. None of a booking that does not stand any more: that is told by another."""
        known = await self._known(mail, EXPECTED, money=TAKEN)
        if known is None:
            return None
        papers = self._papers(known)
        printed = [papers.confirmation()]
        if known.paid is not None and known.paid.payment.state == Payment.STATE_CAPTURED:
            printed.append(papers.receipt(known.paid))
        return self._message(known, to_guests.confirmed(known.words, known.stay), await asyncio.gather(*printed))

    async def cancelled(self, mail: Mail) -> EmailMessage | None:
        """With the receipt of what was given back."""
        known = await self._known(mail, CALLED_OFF, money=GIVEN_BACK)
        if known is None:
            return None
        papers = []
        if known.paid is not None and known.paid.payment.state == Payment.STATE_REFUNDED:
            papers = [await self._papers(known).receipt(known.paid)]
        return self._message(known, to_guests.cancelled(known.words, known.stay), papers)

    async def failed(self, mail: Mail) -> EmailMessage | None:
        """Nothing was booked."""
        known = await self._known(mail, FAILED)
        if known is None:
            return None
        refused = known.booking.state == Booking.STATE_FAILED
        return self._message(known, to_guests.failed(known.words, known.stay, refused=refused))

    async def receipt(self, mail: Mail) -> EmailMessage | None:
        """The receipt alone, of money that has moved later; None where the mail about the booking had it after all."""
        known = await self._known(mail, EXPECTED | CALLED_OFF)
        if known is None or known.paid is None or not known.paid.entries:
            return None
        payment = known.paid.payment
        told_by = TOLD_BY.get(payment.state, "")
        other = await self._database.read(lambda session: store.about(session, mail.subject, told_by))
        if other is None:
            return None
        if other.end_time is None:
            raise NotYet(self._clock() + SOON)
        if other.end_time - from_timestamp(payment.update_time) > SURELY_TOLD:
            return None
        paper = await self._papers(known).receipt(known.paid)
        return self._message(known, to_guests.receipt(known.words, known.stay), [paper])

    async def reminder(self, mail: Mail) -> EmailMessage | None:
        """Some mornings before check-in. None of a booking that was made at short notice."""
        booking = await self._sources.booking(mail.subject)
        if booking is None or booking.state != Booking.STATE_CONFIRMED:
            return None
        zone, check_in, now = ZoneInfo(booking.time_zone), to_date(booking.check_in), self._clock()
        due = datetime.combine(check_in - self._remind_before, MORNING, zone)
        if due - from_timestamp(booking.create_time) < SHORT_NOTICE or now.astimezone(zone).date() >= check_in:
            return None
        if now < due:
            raise NotYet(due)
        known = await self._known(mail, EXPECTED)
        if known is None or mail.topic is None:
            return None
        no_more = Link(known.words.say("reason.unsubscribe"), self._unsubscribe.url(mail.subscriber, mail.topic))
        return self._message(known, to_guests.reminder(known.words, known.stay), unsubscribe=no_more)

    async def _known(
        self, mail: Mail, states: Collection[int], *, money: Collection[int] | None = None
    ) -> Known | None:
        """The booking with what belongs to it, once its payment is in one of these states. None where it is in another
        state than those, and where nobody knows any more whose it is. Raises NotYet, AioRpcError."""
        booking = await self._sources.booking(mail.subject)
        if booking is None or booking.state not in states or not booking.lead_guest.email:
            return None
        paid = await self._paid(mail, booking, money)
        hotel, room_type, written = await asyncio.gather(
            self._sources.hotel(booking.hotel),
            self._sources.room_type(booking.price.room_type),
            self._words(booking),
        )
        if hotel is None:
            return None
        return Known(booking=booking, hotel=hotel, room_type=room_type, paid=paid, words=written)

    async def _paid(self, mail: Mail, booking: Booking, money: Collection[int] | None) -> LookUpPaymentResponse | None:
        for pause in (*PAUSES, None):
            paid = await self._sources.payment(booking.payment)
            if paid is None or money is None or paid.payment.state in money:
                return paid
            if pause is not None:
                await asyncio.sleep(pause)
        now = self._clock()
        waited = now - mail.create_time
        if waited < GRACE:
            raise NotYet(now + min(max(waited / 4, SOON), LONGEST_PAUSE))
        return paid

    async def _words(self, booking: Booking) -> Words:
        """In the guest's language; the user's where that is not said, or none that there is."""
        asked = booking.lead_guest.language_code
        if asked:
            return words(asked)
        user = await self._sources.user(booking.user)
        return words("" if user is None else user.language_code)

    def _papers(self, known: Known) -> Papers:
        return Papers(
            documents=self._sources.documents,
            language=known.words.language,
            booking=known.booking,
            hotel=known.hotel,
            room_type=known.room_type,
        )

    def _message(
        self, known: Known, letter: Letter, papers: Sequence[Paper] = (), unsubscribe: Link | None = None
    ) -> EmailMessage:
        rendered = self._rendering.render(letter, unsubscribe)
        return message_to(known.booking.lead_guest.email, rendered, papers)
