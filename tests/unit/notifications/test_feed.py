"""What users are told, as it is kept: in pages, read and unread, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from chassis.dates import to_timestamp
from chassis.feeds.log import EventNotKept
from chassis.refusal import InvalidPageToken
from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from chassis.storage.session import Session
from innkeeper.booking.v1.booking_events_pb2 import BookingCancelled, BookingConfirmed, BookingFailed
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.payments.v1.payment_events_pb2 import PaymentChanged
from innkeeper.payments.v1.payments_pb2 import Payment
from services.notifications.feed import store, taking
from services.notifications.feed.notification import Kind
from services.notifications.tables import METADATA

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ADA, BOB = "users/ada", "users/bob"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open("notifications", url="", directory=tmp_path, seal=Fernet(Fernet.generate_key()))
    migrate(opened, "services.notifications.migrations", METADATA)
    yield opened
    opened.close()


def told(session: Session, user: str = ADA, booking: str = "bookings/b", at: datetime = NOW) -> None:
    store.tell(session, Kind.BOOKING_CONFIRMED, user=user, booking=booking, occur_time=at)


async def ids(database: Database, user: str = ADA, after: str | None = None, *, unread_only: bool = False) -> list[int]:
    def work(session: Session) -> list[int]:
        found = store.page(session, user, after=after, limit=3, unread_only=unread_only)
        return [notification.id for notification in found]

    return await database.read(work)


def several(session: Session) -> None:
    """Five of Ada's, and one of Bob's in between."""
    for user in (ADA, ADA, BOB, ADA, ADA, ADA):
        told(session, user)


async def test_pages_begin_with_the_newest(database: Database) -> None:
    await database.write(several)
    assert await ids(database) == [6, 5, 4]
    assert await ids(database, after=f"{ADA}/notifications/4") == [2, 1]
    assert await ids(database, BOB) == [3]
    assert await ids(database, "users/eve") == []
    for nonsense in ("nonsense", f"{ADA}/notifications/{2**63}"):
        with pytest.raises(InvalidPageToken):
            await ids(database, after=nonsense)


async def test_what_was_read_stays_read(database: Database) -> None:
    await database.write(several)

    async def marked(user: str, through: int, at: datetime = NOW) -> int:
        return await database.write(lambda session: store.mark_read(session, user, through=through, now=at))

    assert [await marked(ADA, 4), await marked(ADA, 4)] == [3, 0]
    assert await ids(database, unread_only=True) == [6, 5]
    assert await marked(ADA, 0, NOW + timedelta(days=1)) == 2
    assert await ids(database, unread_only=True) == []
    assert await ids(database, BOB, unread_only=True) == [3]
    read = await database.read(lambda session: store.page(session, ADA, after=None, limit=9, unread_only=False))
    assert [notification.read_time == NOW for notification in read] == [False, False, True, True, True]


async def test_of_old_ones_the_newest_of_each_user_is_kept(database: Database) -> None:
    old = NOW - timedelta(days=100)

    def work(session: Session) -> None:
        for user, at in ((ADA, old), (BOB, old), (ADA, old), (ADA, NOW)):
            told(session, user, at=at)

    await database.write(work)
    due = await database.read(lambda session: store.LOG.outdated(session, NOW - timedelta(days=90), 100))
    await database.write(lambda session: store.LOG.forget(session, due))
    assert (await ids(database), await ids(database, BOB)) == ([4], [2])
    with pytest.raises(EventNotKept):
        await database.read(lambda session: store.LOG.require_kept(session, store.of_user(ADA), 1))
    await database.read(lambda session: store.LOG.require_kept(session, store.of_user(ADA), 3))
    await database.read(lambda session: store.LOG.require_kept(session, store.of_user(BOB), 1))


async def test_an_erased_user_leaves_nothing_and_no_number_comes_again(database: Database) -> None:
    await database.write(several)
    await database.write(lambda session: store.erase(session, ADA))
    assert (await ids(database), await ids(database, BOB)) == ([], [3])
    await database.write(told)
    assert await ids(database) == [7]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        pytest.param(BookingConfirmed(booking="bookings/b", user=ADA), Kind.BOOKING_CONFIRMED, id="confirmed"),
        pytest.param(BookingFailed(booking="bookings/b", user=ADA), Kind.BOOKING_FAILED, id="failed"),
        pytest.param(BookingCancelled(booking="bookings/b", user=ADA), Kind.BOOKING_CANCELLED, id="cancelled"),
        pytest.param(BookingConfirmed(booking="bookings/b"), None, id="of nobody known"),
    ],
)
async def test_what_is_told_of_a_booking(
    database: Database, payload: BookingConfirmed | BookingFailed | BookingCancelled, kind: Kind | None
) -> None:
    event = Event(occur_time=to_timestamp(NOW))
    await database.write(lambda session: taking.tell_of_booking(session, event, payload))
    assert await kinds(database) == ([(kind, "bookings/b", NOW)] if kind else [])


@pytest.mark.parametrize(
    ("payment", "told"),
    [
        pytest.param(Payment(state=Payment.STATE_REFUNDED, user=ADA, subject="bookings/b"), True, id="refunded"),
        pytest.param(Payment(state=Payment.STATE_CAPTURED, user=ADA, subject="bookings/b"), False, id="captured"),
        pytest.param(Payment(state=Payment.STATE_REFUNDED, user=ADA, subject="vouchers/v"), False, id="of a voucher"),
    ],
)
async def test_what_is_told_of_a_payment(database: Database, payment: Payment, told: bool) -> None:
    event, payload = Event(occur_time=to_timestamp(NOW)), PaymentChanged(payment=payment)
    await database.write(lambda session: taking.tell_of_payment(session, event, payload))
    assert await kinds(database) == ([(Kind.PAYMENT_REFUNDED, "bookings/b", NOW)] if told else [])


async def kinds(database: Database) -> list[tuple[Kind, str, datetime]]:
    found = await database.read(lambda session: store.page(session, ADA, after=None, limit=9, unread_only=False))
    return [(notification.kind, notification.booking, notification.occur_time) for notification in found]
