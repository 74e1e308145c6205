"""What is queued, and noted, when an event is taken in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from chassis.dates import to_timestamp
from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from innkeeper.booking.v1.booking_events_pb2 import BookingCancelled, BookingConfirmed
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.payments.v1.payment_events_pb2 import PaymentChanged
from innkeeper.payments.v1.payments_pb2 import Payment
from innkeeper.users.v1.user_events_pb2 import UserChanged
from services.notifications import store
from services.notifications.mail import Mail
from services.notifications.notices import store as notices
from services.notifications.notices.notice import State
from services.notifications.queue import Queue
from services.notifications.tables import METADATA
from services.notifications.taking import Taking

NOW = datetime(2027, 4, 1, 12, tzinfo=UTC)
BOOKED = BookingConfirmed(booking="bookings/b", user="users/ada", hotel="hotels/sacher")
CANCELLED = BookingCancelled(booking="bookings/b", user="users/ada", hotel="hotels/sacher")


class Wall:
    """A clock that shows what it is told to."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Wall:
    return Wall()


@pytest.fixture
def taking(clock: Wall) -> Taking:
    return Taking(Queue(clock, "example.com"), clock, notice_after=timedelta(minutes=30))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open("notifications", url="", directory=tmp_path, seal=Fernet(Fernet.generate_key()))
    migrate(opened, "services.notifications.migrations", METADATA)
    yield opened
    opened.close()


def event(occurred: datetime = NOW) -> Event:
    return Event(id=str(uuid.uuid4()), occur_time=to_timestamp(occurred))


def payment(state: Payment.State.ValueType) -> PaymentChanged:
    return PaymentChanged(payment=Payment(name="payments/p", state=state, user="users/ada", subject="bookings/b"))


async def queued(database: Database, subject: str = "bookings/b") -> dict[str, Mail]:
    mails = await database.read(lambda session: store.page(session, state=None, subject=subject, after=None, limit=100))
    assert len({mail.kind for mail in mails}) == len(mails)
    return {mail.kind: mail for mail in mails}


async def test_an_event_that_comes_again_queues_nothing_more(database: Database, taking: Taking) -> None:
    happened = event()
    for _ in range(2):
        await database.write(lambda session: taking.confirmed(session, happened, BOOKED))
    mails = await queued(database)
    assert mails.keys() == {"booking-confirmed", "reminder", "hotel-booked", "hotel-booked-again"}
    assert mails["booking-confirmed"].due_time == NOW
    assert mails["hotel-booked-again"].due_time == NOW + timedelta(minutes=30)


async def test_an_old_event_makes_no_mail_and_no_notice(database: Database, taking: Taking) -> None:
    happened = event(NOW - timedelta(days=4))
    await database.write(lambda session: taking.confirmed(session, happened, BOOKED))
    await database.write(lambda session: taking.user_changed(session, happened, UserChanged(user="users/ada")))
    assert await queued(database, "") == {}
    assert await database.read(lambda session: notices.find(session, "bookings/b")) is None


async def test_a_cancellation_withdraws_the_notice(database: Database, taking: Taking) -> None:
    await database.write(lambda session: taking.confirmed(session, event(), BOOKED))
    noted = await database.read(lambda session: notices.find(session, "bookings/b"))
    assert noted is not None
    assert (noted.name, noted.hotel, noted.state) == ("notices/b", "hotels/sacher", State.WAITING)
    await database.write(lambda session: taking.cancelled(session, event(), CANCELLED))
    noted = await database.read(lambda session: notices.find(session, "bookings/b"))
    assert noted is not None
    assert noted.state is State.WITHDRAWN
    assert {"booking-cancelled", "hotel-cancelled", "hotel-cancelled-again"} <= (await queued(database)).keys()


@pytest.mark.parametrize(
    ("state", "cancelled", "later", "receipt"),
    [
        pytest.param(Payment.STATE_CAPTURED, False, timedelta(seconds=1), False, id="taken-in-time"),
        pytest.param(Payment.STATE_CAPTURED, False, timedelta(minutes=11), True, id="taken-late"),
        pytest.param(Payment.STATE_REFUNDED, True, timedelta(seconds=1), False, id="given-back-in-time"),
        pytest.param(Payment.STATE_REFUNDED, True, timedelta(minutes=11), True, id="given-back-late"),
        pytest.param(Payment.STATE_VOIDED, True, timedelta(minutes=11), False, id="let-go"),
        pytest.param(Payment.STATE_REFUNDED, False, timedelta(minutes=11), False, id="not-cancelled"),
    ],
)
async def test_a_receipt_comes_by_itself_where_its_mail_has_not_waited_so_long(
    database: Database,
    taking: Taking,
    clock: Wall,
    state: Payment.State.ValueType,
    cancelled: bool,
    later: timedelta,
    receipt: bool,
) -> None:
    await database.write(lambda session: taking.confirmed(session, event(), BOOKED))
    if cancelled:
        await database.write(lambda session: taking.cancelled(session, event(), CANCELLED))
    clock.now = NOW + later
    await database.write(lambda session: taking.paid(session, event(clock.now), payment(state)))
    assert ("receipt" in await queued(database)) is receipt
