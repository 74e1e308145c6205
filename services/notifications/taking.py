"""What is queued, and noted, when something has happened elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from chassis.dates import from_timestamp
from chassis.service import Clock
from chassis.storage.session import Session
from innkeeper.booking.v1.booking_events_pb2 import BookingCancelled, BookingConfirmed, BookingFailed
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.payments.v1.payment_events_pb2 import PaymentChanged
from innkeeper.payments.v1.payments_pb2 import Payment
from innkeeper.users.v1.user_events_pb2 import UserChanged
from services.notifications import occasions, store
from services.notifications.feed.taking import tell_of_booking, tell_of_payment
from services.notifications.notices import store as notices
from services.notifications.occasions import Asked, Kind, is_news
from services.notifications.queue import Queue

TOLD_BY: Final = {Payment.STATE_CAPTURED: Kind.BOOKING_CONFIRMED, Payment.STATE_REFUNDED: Kind.BOOKING_CANCELLED}
"""Which mail tells of money that has moved."""


class Taking:
    """Takes in events: each in the transaction that marks it as taken in.

    Args:
        notice_after: How long a hotel has to acknowledge a booking.
    """

    def __init__(self, queue: Queue, clock: Clock, *, notice_after: timedelta) -> None:
        self._queue = queue
        self._clock = clock
        self._notice_after = notice_after

    def confirmed(self, session: Session, event: Event, payload: BookingConfirmed) -> None:
        """The guest hears of it, and the hotel, which is to acknowledge it."""
        occurred = from_timestamp(event.occur_time)
        self._tell(session, event, payload)
        if payload.hotel and is_news(occurred, self._clock()):
            notices.begin(session, booking=payload.booking, hotel=payload.hotel, now=occurred)
        asked = occasions.on_confirmed(payload.booking, payload.user, payload.hotel, notice_after=self._notice_after)
        self._queue_all(session, event, asked)

    def cancelled(self, session: Session, event: Event, payload: BookingCancelled) -> None:
        """The guest hears of it, and the hotel, which has nothing to acknowledge any more."""
        self._tell(session, event, payload)
        notices.withdraw(session, booking=payload.booking, now=from_timestamp(event.occur_time))
        self._queue_all(session, event, occasions.on_cancelled(payload.booking, payload.user, payload.hotel))

    def failed(self, session: Session, event: Event, payload: BookingFailed) -> None:
        """The guest hears of it."""
        self._tell(session, event, payload)
        self._queue_all(session, event, occasions.on_failed(payload.booking, payload.user))

    def paid(self, session: Session, event: Event, payload: PaymentChanged) -> None:
        """Who has waited for a receipt gets it, and who gets money back hears of it."""
        payment = payload.payment
        if is_news(from_timestamp(event.occur_time), self._clock()):
            tell_of_payment(session, event, payload)
        told_by = (
            None if payment.state not in TOLD_BY else store.about(session, payment.subject, TOLD_BY[payment.state])
        )
        if told_by is not None:
            waited = self._clock() - told_by.create_time
            self._queue_all(session, event, occasions.on_money_moved(payment.subject, payment.user, waited=waited))

    def user_changed(self, session: Session, event: Event, payload: UserChanged) -> None:
        """Somebody new is welcome."""
        self._queue_all(session, event, occasions.on_user(payload.user))

    def _tell(
        self, session: Session, event: Event, payload: BookingConfirmed | BookingCancelled | BookingFailed
    ) -> None:
        """Whose booking it is sees it live."""
        if is_news(from_timestamp(event.occur_time), self._clock()):
            tell_of_booking(session, event, payload)

    def _queue_all(self, session: Session, event: Event, asked: Iterable[Asked]) -> None:
        occurred = from_timestamp(event.occur_time)
        if not is_news(occurred, self._clock()):
            return
        for mail in asked:
            self._queue.add(
                session,
                kind=mail.kind,
                event=mail.event or event.id,
                recipient=mail.recipient,
                subject=mail.subject,
                user=mail.user,
                topic=mail.topic,
                due_time=occurred + mail.after,
            )
