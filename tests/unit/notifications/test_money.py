"""A mail about a booking and the money of it, which moves a little later than the booking."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from google.type.date_pb2 import Date
from google.type.money_pb2 import Money
from google.type.postal_address_pb2 import PostalAddress

from chassis.dates import to_timestamp
from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from innkeeper.booking.v1.booking_pb2 import Booking, Guest
from innkeeper.documents.v1.documents_pb2 import DocumentInfo, RenderDocumentRequest, RenderDocumentResponse
from innkeeper.hotels.v1.hotels_pb2 import Hotel, RoomType, StayPrice
from innkeeper.payments.v1.payments_pb2 import LedgerEntry, LookUpPaymentResponse, Payment
from services.notifications import store
from services.notifications.composing.about_bookings import AboutBookings
from services.notifications.composing.papers import CutOff, whole
from services.notifications.composing.sources import Sources
from services.notifications.letters.rendering import Rendering
from services.notifications.mail import Mail
from services.notifications.occasions import GRACE, Kind
from services.notifications.sending.composer import NotYet
from services.notifications.tables import METADATA
from services.notifications.unsubscribing.token import UnsubscribeTokens

NOW = datetime(2027, 4, 1, 12, tzinfo=UTC)
TOTAL = Money(currency_code="EUR", units=220)


@dataclass
class World:
    """Whatever is asked, and the time: for the services, this one stub answers as all of them."""

    state: Booking.State.ValueType = Booking.STATE_CONFIRMED
    paid: Payment.State.ValueType = Payment.STATE_AUTHORISED
    moved: datetime = NOW
    now: datetime = NOW

    async def LookUpBooking(self, _: object) -> Booking:
        return Booking(
            name="bookings/b",
            state=self.state,
            user="clients/desk",
            hotel="hotels/sacher",
            check_in=Date(year=2027, month=5, day=1),
            check_out=Date(year=2027, month=5, day=3),
            guests=2,
            lead_guest=Guest(given_name="Ada", email="ada@example.com", language_code="en"),
            price=StayPrice(total=TOTAL),
            time_zone="Europe/Vienna",
            payment="payments/p",
            confirmation_code="K7Q2M9XA",
        )

    async def LookUpPayment(self, _: object) -> LookUpPaymentResponse:
        moved = self.paid in (Payment.STATE_CAPTURED, Payment.STATE_REFUNDED)
        payment = Payment(state=self.paid, amount=TOTAL, refunded=TOTAL, update_time=to_timestamp(self.moved))
        return LookUpPaymentResponse(payment=payment, entries=[LedgerEntry(number=1)] if moved else [])

    async def GetHotel(self, _: object) -> Hotel:
        return Hotel(display_name="Sacher", address=PostalAddress(locality="Wien"))

    async def GetRoomType(self, _: object) -> RoomType:
        return RoomType(display_name="Double room")

    async def RenderDocument(self, request: RenderDocumentRequest) -> AsyncIterator[RenderDocumentResponse]:
        name = f"{request.WhichOneof('document')}-K7Q2M9XA.pdf"
        yield RenderDocumentResponse(info=DocumentInfo(file_name=name, size=4))
        yield RenderDocumentResponse(data=b"%PDF")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open("notifications", url="", directory=tmp_path, seal=Fernet(Fernet.generate_key()))
    migrate(opened, "services.notifications.migrations", METADATA)
    yield opened
    opened.close()


@pytest.fixture
def desk(world: World, database: Database) -> AboutBookings:
    stub = cast(Any, world)
    sources = Sources(bookings=stub, documents=stub, hotels=stub, links=stub, payments=stub, users=stub)
    unsubscribe = UnsubscribeTokens(b"s" * 32, "https://book.example")
    return AboutBookings(sources, Rendering(), database, lambda: world.now, unsubscribe=unsubscribe, reminder_days=3)


def mail(kind: Kind) -> Mail:
    return Mail.queue(
        kind=kind,
        event=kind,
        recipient="bookings/b",
        user="users/ada",
        subject="bookings/b",
        due_time=NOW,
        now=NOW,
        domain="example.com",
    )


async def papers(made: Any) -> tuple[list[str], str]:
    """What is attached, and the text."""
    message = await made
    assert message is not None
    body = message.get_body(("plain",))
    return sorted(part.get_filename() for part in message.iter_attachments()), body.get_content()


async def test_a_confirmation_waits_until_the_money_is_taken(world: World, desk: AboutBookings) -> None:
    with pytest.raises(NotYet) as later:
        await desk.confirmed(mail(Kind.BOOKING_CONFIRMED))
    assert later.value.until == NOW + timedelta(seconds=0.25)
    world.now = NOW + timedelta(minutes=2)
    with pytest.raises(NotYet) as later:
        await desk.confirmed(mail(Kind.BOOKING_CONFIRMED))
    assert later.value.until == world.now + timedelta(seconds=30)
    world.paid = Payment.STATE_CAPTURED
    names, text = await papers(desk.confirmed(mail(Kind.BOOKING_CONFIRMED)))
    assert names == ["confirmation-K7Q2M9XA.pdf", "receipt-K7Q2M9XA.pdf"]
    assert "We took 220.00\xa0EUR from your card" in text


async def test_it_does_not_wait_for_ever(world: World, desk: AboutBookings) -> None:
    world.now = NOW + GRACE
    names, text = await papers(desk.confirmed(mail(Kind.BOOKING_CONFIRMED)))
    assert names == ["confirmation-K7Q2M9XA.pdf"]
    assert "the receipt comes in a mail of its own" in text


async def test_a_cancellation_waits_until_the_money_is_given_back(world: World, desk: AboutBookings) -> None:
    world.state, world.paid = Booking.STATE_CANCELLED, Payment.STATE_CAPTURED
    with pytest.raises(NotYet):
        await desk.cancelled(mail(Kind.BOOKING_CANCELLED))
    world.now = NOW + GRACE
    names, text = await papers(desk.cancelled(mail(Kind.BOOKING_CANCELLED)))
    assert (names, "We are giving 220.00\xa0EUR back" in text) == ([], True)
    world.paid = Payment.STATE_REFUNDED
    names, text = await papers(desk.cancelled(mail(Kind.BOOKING_CANCELLED)))
    assert (names, "We gave 220.00\xa0EUR back" in text) == (["receipt-K7Q2M9XA.pdf"], True)
    world.paid = Payment.STATE_VOIDED
    names, text = await papers(desk.cancelled(mail(Kind.BOOKING_CANCELLED)))
    assert (names, "Nothing was taken from your card" in text) == ([], True)


@pytest.mark.parametrize(
    ("state", "paid", "kind", "said"),
    [
        pytest.param(
            Booking.STATE_CONFIRMED, Payment.STATE_CAPTURED, Kind.BOOKING_CONFIRMED, "has arrived", id="taken"
        ),
        pytest.param(
            Booking.STATE_CANCELLED, Payment.STATE_REFUNDED, Kind.BOOKING_CANCELLED, "We gave", id="given-back"
        ),
    ],
)
async def test_a_late_receipt_comes_unless_it_was_in_the_mail_before(
    world: World,
    desk: AboutBookings,
    database: Database,
    state: Booking.State.ValueType,
    paid: Payment.State.ValueType,
    kind: Kind,
    said: str,
) -> None:
    world.state, world.paid, world.moved = state, paid, NOW + timedelta(hours=1)
    told_by = mail(kind)
    await database.write(lambda session: store.add(session, told_by))
    with pytest.raises(NotYet):
        await desk.receipt(mail(Kind.RECEIPT))
    without = told_by.sent(NOW + GRACE)
    await database.write(lambda session: store.put(session, without))
    names, text = await papers(desk.receipt(mail(Kind.RECEIPT)))
    assert (names, said in text) == (["receipt-K7Q2M9XA.pdf"], True)
    with_it = replace(told_by, create_time=NOW).sent(NOW + timedelta(hours=2))
    await database.write(lambda session: store.put(session, with_it))
    assert await desk.receipt(mail(Kind.RECEIPT)) is None


async def test_who_is_not_known_any_more_is_not_written_to(world: World, desk: AboutBookings) -> None:
    world.state = Booking.STATE_NO_SHOW
    for kind, make in (
        (Kind.BOOKING_CONFIRMED, desk.confirmed),
        (Kind.BOOKING_CANCELLED, desk.cancelled),
        (Kind.BOOKING_FAILED, desk.failed),
        (Kind.RECEIPT, desk.receipt),
        (Kind.REMINDER, desk.reminder),
    ):
        assert await make(mail(kind)) is None


async def test_a_document_that_is_cut_off_is_not_sent() -> None:
    async def pieces() -> AsyncIterator[RenderDocumentResponse]:
        yield RenderDocumentResponse(info=DocumentInfo(file_name="receipt.pdf", size=5))
        yield RenderDocumentResponse(data=b"%PDF")

    with pytest.raises(CutOff):
        await whole(pieces())
