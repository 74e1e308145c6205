"""Which events users are told of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chassis.dates import from_timestamp
from chassis.storage.session import Session
from innkeeper.booking.v1.booking_events_pb2 import BookingCancelled, BookingConfirmed, BookingFailed
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.payments.v1.payment_events_pb2 import PaymentChanged
from innkeeper.payments.v1.payments_pb2 import Payment
from services.notifications.feed import store
from services.notifications.feed.notification import Kind

BookingEvent = BookingConfirmed | BookingFailed | BookingCancelled

KINDS: Final[Mapping[type[BookingEvent], Kind]] = {
    BookingConfirmed: Kind.BOOKING_CONFIRMED,
    BookingFailed: Kind.BOOKING_FAILED,
    BookingCancelled: Kind.BOOKING_CANCELLED,
}


def tell_of_booking(session: Session, event: Event, payload: BookingEvent) -> None:
    """Tell the user of a booking what has happened to it; nobody where the event, an old one, does not say who."""
    if payload.user:
        kind, occur_time = KINDS[type(payload)], from_timestamp(event.occur_time)
        store.tell(session, kind, user=payload.user, booking=payload.booking, occur_time=occur_time)


def tell_of_payment(session: Session, event: Event, payload: PaymentChanged) -> None:
    """Tell who paid for a booking that money was given back."""
    payment = payload.payment
    if payment.state == Payment.STATE_REFUNDED and payment.subject.startswith("bookings/") and payment.user:
        occur_time = from_timestamp(event.occur_time)
        store.tell(session, Kind.PAYMENT_REFUNDED, user=payment.user, booking=payment.subject, occur_time=occur_time)
