"""Bookings in the words of the contract, and back."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from chassis.dates import from_date, to_date, to_timestamp
from chassis.etag import etag_of
from chassis.feeds.watching import Current
from chassis.money import from_minor, to_minor
from innkeeper.booking.v1 import booking_pb2
from innkeeper.hotels.v1 import hotels_pb2
from services.booking.booking import Booking, Guest, Price
from services.booking.event import Event
from services.booking.inventory import Stay


def booking_message(booking: Booking) -> booking_pb2.Booking:
    """The booking as callers see it."""
    return booking_pb2.Booking(
        name=booking.name,
        state=booking_pb2.Booking.State.Value(f"STATE_{booking.state.name}"),
        payment_state=booking_pb2.Booking.PaymentState.Value(f"PAYMENT_STATE_{booking.payment.state.name}"),
        user=booking.user,
        hotel=booking.hotel,
        check_in=from_date(booking.stay.check_in),
        check_out=from_date(booking.stay.check_out),
        guests=booking.guests,
        lead_guest=booking_pb2.Guest(
            given_name=booking.lead_guest.given_name,
            family_name=booking.lead_guest.family_name,
            email=booking.lead_guest.email,
            language_code=booking.lead_guest.language_code,
        ),
        price=hotels_pb2.StayPrice.FromString(booking.price.lines),
        time_zone=booking.time_zone,
        payment=booking.payment.name,
        refunded=from_minor(booking.payment.refunded, booking.price.currency),
        confirmation_code=booking.confirmation_code,
        create_time=to_timestamp(booking.create_time),
        update_time=to_timestamp(booking.update_time),
        etag=etag_of(booking),
    )


def to_stay(message: booking_pb2.QuoteStayRequest | booking_pb2.Quote) -> Stay:
    """The days of a stay."""
    return Stay(check_in=to_date(message.check_in), check_out=to_date(message.check_out))


def new_booking(quote: booking_pb2.Quote, lead_guest: booking_pb2.Guest, *, user: str, now: datetime) -> Booking:
    """The booking that a quote becomes, at the price of the quote."""
    return Booking(
        name=f"bookings/{uuid4()}",
        user=user,
        hotel=quote.hotel,
        room_type=quote.price.room_type,
        stay=to_stay(quote),
        time_zone=quote.time_zone,
        guests=quote.guests,
        lead_guest=Guest(
            given_name=lead_guest.given_name,
            family_name=lead_guest.family_name,
            email=lead_guest.email,
            language_code=lead_guest.language_code,
        ),
        price=Price(
            total=to_minor(quote.price.total),
            currency=quote.price.total.currency_code,
            lines=quote.price.SerializeToString(),
        ),
        create_time=now,
        update_time=now,
    )


def event_message(event: Event | Current) -> booking_pb2.BookingEvent:
    """The event as watchers see it."""
    if isinstance(event, Current):
        return booking_pb2.BookingEvent(id=event.id, type=booking_pb2.BookingEvent.TYPE_CURRENT)
    return booking_pb2.BookingEvent(
        id=event.id,
        booking=event.booking,
        user=event.user,
        type=booking_pb2.BookingEvent.Type.Value(f"TYPE_{event.type.name}"),
        state=booking_pb2.Booking.State.Value(f"STATE_{event.state.name}"),
        payment_state=booking_pb2.Booking.PaymentState.Value(f"PAYMENT_STATE_{event.payment_state.name}"),
        etag=event.etag,
        occur_time=to_timestamp(event.occur_time),
    )
