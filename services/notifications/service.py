"""The notifications service, put together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service, Subscription, Timer
from innkeeper.booking.v1.booking_events_pb2 import BookingCancelled, BookingConfirmed, BookingFailed
from innkeeper.notifications.v1 import notifications_pb2
from innkeeper.payments.v1.payment_events_pb2 import PaymentChanged
from innkeeper.users.v1.user_events_pb2 import UserChanged

if TYPE_CHECKING:
    from services.notifications.sending.composer import Composer
    from services.notifications.sending.transport import Transport

SCOPES: Final = frozenset(
    {
        "bookings.lookup",
        "documents.render",
        "contacts.lookup",
        "links.write",
        "payments.lookup",
        "users.lookup",
    }
)
"""What mails are made of, and no more: it looks things up, and changes nothing with anybody."""

SEND_AGAIN = 1.0
"""Seconds after which sending begins anew, should it have come to an end."""


def assemble(kit: Kit, composer: Composer | None = None, transport: Transport | None = None) -> Assembly:
    """The service on its database. `composer` and `transport` take the place of those that the settings ask for."""
    from chassis.feeds.forgetting import forgetting
    from chassis.feeds.watching import Watching
    from services.notifications.bounces import Bounces
    from services.notifications.composing.about_bookings import AboutBookings
    from services.notifications.composing.composition import Composition
    from services.notifications.composing.for_hotels import ForHotels
    from services.notifications.composing.sources import Sources
    from services.notifications.composing.welcoming import Welcoming
    from services.notifications.feed import store as feed
    from services.notifications.feed.servicer import FeedServicer
    from services.notifications.keeping import Keeping
    from services.notifications.letters.rendering import Rendering
    from services.notifications.notices.servicer import NoticesServicer
    from services.notifications.notices.token import NoticeTokens
    from services.notifications.person import personal_data
    from services.notifications.queue import Queue
    from services.notifications.sending.attempt import Attempts
    from services.notifications.sending.mailbox import Mailbox
    from services.notifications.sending.outages import Outages
    from services.notifications.sending.sender import Sender
    from services.notifications.sending.sending import Sending
    from services.notifications.sending.tally import Tally
    from services.notifications.servicer import MailServicer, NotificationsServicer
    from services.notifications.taking import Taking
    from services.notifications.unsubscribing.token import UnsubscribeTokens

    settings, database, clock = kit.settings, kit.database, kit.clock
    tokens = UnsubscribeTokens(kit.secret("unsubscribe"), settings.public_url)
    notice_tokens = NoticeTokens(kit.secret("notices"))
    bounces = Bounces(kit.secret("mail-bounces"))
    sender = Sender.of(settings, tokens)
    queue = Queue(clock, sender.domain)
    mailbox = Mailbox(settings.data_dir)

    sources, rendering = Sources.of(kit), Rendering()
    for_hotels = ForHotels(
        sources,
        rendering,
        database,
        clock,
        tokens=notice_tokens,
        public_url=settings.public_url,
        minutes=settings.notice_minutes,
    )
    about_bookings = AboutBookings(
        sources, rendering, database, clock, unsubscribe=tokens, reminder_days=settings.reminder_days
    )
    composition = Composition(about_bookings, for_hotels, Welcoming(sources, rendering), clock)

    tally = Tally()
    attempts = Attempts(
        database=database,
        composer=composer or composition,
        sender=sender,
        bounces=bounces,
        transport=transport or _relay(kit, sender.domain) or mailbox,
        outages=Outages(tally),
        tally=tally,
        clock=clock,
        within=timedelta(hours=settings.mail_retry_hours),
    )
    sending = Sending(queue, attempts, concurrency=settings.mail_concurrency, grace=settings.drain_seconds)
    keeping = Keeping(database, mailbox, clock, days=settings.mail_days)
    watching = Watching(database, feed.LOG)
    taking = Taking(queue, clock, notice_after=timedelta(minutes=settings.notice_minutes))

    return Assembly(
        servicer=NotificationsServicer(
            MailServicer(database, clock, queue, bounces, tokens),
            FeedServicer(database, clock, watching),
            NoticesServicer(database, clock, sources, for_hotels, notice_tokens),
        ),
        subscriptions=(
            Subscription(BookingConfirmed, taking.confirmed),
            Subscription(BookingCancelled, taking.cancelled),
            Subscription(BookingFailed, taking.failed),
            Subscription(PaymentChanged, taking.paid),
            Subscription(UserChanged, taking.user_changed),
        ),
        timers=(
            Timer("send-mails", every=SEND_AGAIN, run=sending.run),
            Timer("forget-mails", every=3600.0, run=keeping.forget),
            forgetting(
                "forget-notifications",
                feed.LOG,
                database,
                keep=timedelta(days=settings.notification_days),
                clock=clock,
            ),
        ),
        drain=watching.close,
        personal_data=personal_data(mailbox),
        collectors=(tally,),
    )


def _relay(kit: Kit, name: str) -> Transport | None:
    """The mail server that the settings name, if they name one. Raises StartError."""
    if not kit.settings.smtp_url:
        return None
    from services.notifications.sending.smtp.place import Place
    from services.notifications.sending.smtp.relay import Relay

    return Relay(Place.of(kit.settings.smtp_url), kit.settings.smtp_ca_file, name)


def tables() -> MetaData:
    """The tables of its database."""
    from services.notifications.tables import METADATA

    return METADATA


SERVICE = Service(
    name="notifications",
    contract=notifications_pb2.DESCRIPTOR.services_by_name["NotificationsService"],
    calls=("users", "hotels", "payments", "documents", "links", "booking"),
    subscribes=("users", "payments", "booking"),
    tables=tables,
    migrations="services.notifications.migrations",
    assemble=assemble,
    scopes=SCOPES,
    holds_personal_data=True,
)
