"""The RPCs of the booking service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

from chassis.context import current_call, principal
from chassis.etag import require_etag
from chassis.feeds.log import ALL
from chassis.feeds.watching import Watching
from chassis.paging import Page
from chassis.refusal import NotFound
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.booking.v1 import booking_pb2
from services.booking import effects, event_log, room_nights, store
from services.booking.event import Event
from services.booking.inventory import check_free, today_in
from services.booking.messages import booking_message, event_message, new_booking, to_stay
from services.booking.offers import Offers
from services.booking.quote import Quotes
from services.booking.saga import Saga
from services.booking.steps import AFTER_CANCEL, Progress, first_step

MARGIN: Final = 0.1
"""Seconds of a call's time that are kept back to answer in."""


class BookingServicer:
    """Keeps bookings and room nights in a database, has the saga settle them, and tells those who watch."""

    def __init__(
        self, database: Database, clock: Clock, offers: Offers, quotes: Quotes, saga: Saga, watching: Watching[Event]
    ) -> None:
        self._database = database
        self._clock = clock
        self._offers = offers
        self._quotes = quotes
        self._saga = saga
        self._watching = watching

    async def quote_stay(self, request: booking_pb2.QuoteStayRequest) -> booking_pb2.Quote:
        stay, now = to_stay(request), self._clock()
        stay.check_length()
        offer = await self._offers.find(request.rate_plan, stay, request.guests)
        stay.check_ahead(today_in(offer.time_zone, now))
        room_type = offer.price.room_type
        sold = await self._database.read(lambda session: room_nights.sold(session, room_type, stay))
        check_free(stay, room_type, sold=sold, units=offer.units)
        quote = booking_pb2.Quote(
            hotel=offer.hotel,
            check_in=request.check_in,
            check_out=request.check_out,
            guests=request.guests,
            price=offer.price,
            time_zone=offer.time_zone,
        )
        return self._quotes.sign(quote, units=offer.units, now=now)

    async def create_booking(self, request: booking_pb2.CreateBookingRequest) -> booking_pb2.Booking:
        signed, caller, now = self._quotes.read(request.quote_token), principal(), self._clock()

        again = True

        def work(session: Session) -> booking_pb2.Booking:
            nonlocal again
            again = False
            signed.check_current(now)
            booking = new_booking(signed.quote, request.lead_guest, user=caller.user or caller.subject, now=now)
            progress = Progress(step=first_step(booking), card_token=request.card_token)
            effects.begin(session, booking, units=signed.units)
            store.proceed(session, booking, progress, holder=self._saga.holder, now=now)
            return booking_pb2.Booking(name=booking.name)

        stored = await self._database.command(work)
        return await self._settled(stored, again=again)

    async def get_booking(self, request: booking_pb2.GetBookingRequest) -> booking_pb2.Booking:
        booking = await self._database.read(lambda session: store.get(session, request.name))
        if not principal().may_see(booking.user):
            raise NotFound(request.name)
        return booking_message(booking)

    async def list_bookings(self, request: booking_pb2.ListBookingsRequest) -> booking_pb2.ListBookingsResponse:
        page, caller = Page.of(request), principal()
        user = None if caller.is_admin else caller.user or caller.subject
        bookings = await self._database.read(
            lambda session: store.page(session, user=user, after=page.after, limit=page.lookahead)
        )
        shown, token = page.cut(bookings, lambda booking: booking.name)
        return booking_pb2.ListBookingsResponse(
            bookings=map(booking_message, shown),
            next_page_token=token,
        )

    async def cancel_booking(self, request: booking_pb2.CancelBookingRequest) -> booking_pb2.Booking:
        caller, now = principal(), self._clock()

        again = True

        def work(session: Session) -> booking_pb2.Booking:
            nonlocal again
            again = False
            before = store.get(session, request.name)
            if not caller.may_see(before.user):
                raise NotFound(request.name)
            require_etag(before, request.etag)
            after = before.cancel(now)
            effects.change(session, before, after)
            progress = Progress(step=AFTER_CANCEL[before.payment.state])
            store.proceed(session, after, progress, holder=self._saga.holder, now=now)
            return booking_pb2.Booking(name=after.name)

        stored = await self._database.command(work)
        return await self._settled(stored, again=again)

    async def watch_booking(self, request: booking_pb2.WatchBookingRequest) -> AsyncIterator[booking_pb2.BookingEvent]:
        booking = await self._database.read(lambda session: store.get(session, request.name))
        if not principal().may_see(booking.user):
            raise NotFound(request.name)
        async with aclosing(self._watching.watch(event_log.of_booking(request.name), request.after_event)) as events:
            async for event in events:
                yield event_message(event)

    async def watch_user_bookings(
        self, request: booking_pb2.WatchUserBookingsRequest
    ) -> AsyncIterator[booking_pb2.BookingEvent]:
        if not principal().may_see(request.user):
            raise NotFound(request.user)
        async with aclosing(self._watching.watch(event_log.of_user(request.user), request.after_event)) as events:
            async for event in events:
                yield event_message(event)

    async def watch_all_bookings(
        self, request: booking_pb2.WatchAllBookingsRequest
    ) -> AsyncIterator[booking_pb2.BookingEvent]:
        after = request.after_event or await self._database.read(event_log.LOG.newest)
        async with aclosing(self._watching.watch(ALL, after)) as events:
            async for event in events:
                yield event_message(event)

    async def look_up_booking(self, request: booking_pb2.LookUpBookingRequest) -> booking_pb2.Booking:
        return booking_message(await self._database.read(lambda session: store.get(session, request.name)))

    async def _settled(self, stored: booking_pb2.Booking, *, again: bool) -> booking_pb2.Booking:
        """The booking once it is settled, or as far as it gets while the call lasts. Raises PaymentDeclined."""
        booking = await self._saga.settle(stored.name, within=current_call().remaining() - MARGIN, again=again)
        booking.check_paid()
        return booking_message(booking)
