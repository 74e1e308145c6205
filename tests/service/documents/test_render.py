"""Documents by gRPC: what is printed of what services say, the pieces in which it comes, and what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from google.type.money_pb2 import Money
from grpc import StatusCode

from chassis.dates import to_timestamp
from innkeeper.booking.v1.booking_pb2 import Booking
from innkeeper.documents.v1 import documents_pb2, documents_pb2_grpc
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.payments.v1.payments_pb2 import LedgerEntry, Payment, Posting
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.unit.printing.reading import amount, beside, rows, text

DAY = {"year": 2026, "month": 12}
PAID = to_timestamp(datetime(2026, 11, 21, 16, 30, tzinfo=UTC))
Request = documents_pb2.RenderDocumentRequest


def euros(units: int) -> Money:
    return Money(currency_code="EUR", units=units)


def entry(number: int, units: int) -> LedgerEntry:
    postings = [Posting(account="bank", amount=euros(units)), Posting(account="hotel_payables", amount=euros(-units))]
    return LedgerEntry(number=number, payment="payments/p1", enter_time=PAID, postings=postings)


def asked(kind: str = "receipt", nights: int = 2, **more: Any) -> Request:
    """A request for a stay of so many nights at 100 EUR and 20 EUR of taxes, of which 50 EUR were given back."""
    total = 100 * nights + 20
    days = [{"year": 2026, "month": 12, "day": 1 + at % 28} for at in range(nights)]
    price = hotels_pb2.StayPrice(
        nights=[{"date": day, "price": euros(100)} for day in days],
        taxes=[{"display_name": "VAT", "amount": euros(20)}],
        total=euros(total),
    )
    booking = Booking(
        name="bookings/b1",
        state=Booking.STATE_CONFIRMED,
        payment_state=Booking.PAYMENT_STATE_REFUNDED,
        check_in={**DAY, "day": 1},
        check_out={**DAY, "day": 3},
        guests=2,
        lead_guest={"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.com"},
        price=price,
        time_zone="Europe/Vienna",
        payment="payments/p1",
        confirmation_code="K7Q2M9XA",
        create_time=PAID,
        update_time=PAID,
    )
    payment = Payment(
        name="payments/p1",
        state=Payment.STATE_REFUNDED,
        subject="bookings/b1",
        amount=euros(total),
        refunded=euros(50),
    )
    bill = {"payment": payment, "entries": [entry(7, total), entry(9, -50)]}
    hotel = {"display_name": "Hotel Sacher", "address": {"region_code": "AT", "locality": "Wien"}}
    request = Request(booking=booking, hotel=hotel, **more)
    getattr(request, kind).CopyFrom(
        {
            "confirmation": documents_pb2.BookingConfirmation,
            "receipt": documents_pb2.Receipt,
            "invoice": documents_pb2.Invoice,
        }[kind](**({} if kind == "confirmation" else bill))
    )
    return request


@pytest.fixture
async def running(platform: StartPlatform) -> RunningPlatform:
    return await platform("documents", elsewhere=("auth",))


@pytest.fixture
def documents(running: RunningPlatform) -> documents_pb2_grpc.DocumentsServiceStub:
    """What calls over the socket as a service."""
    token = running.token("clients/notifications", {"internal", "documents.render"})
    return running.stub(documents_pb2_grpc.DocumentsServiceStub, token=token)


async def pieces(documents: Any, request: Request) -> tuple[documents_pb2.DocumentInfo, list[bytes]]:
    """What the document is, and its pieces."""
    answers = [answer async for answer in documents.RenderDocument(request)]
    assert [answer.WhichOneof("part") for answer in answers] == ["info"] + ["data"] * (len(answers) - 1)
    return answers[0].info, [answer.data for answer in answers[1:]]


@pytest.mark.parametrize("kind", ["confirmation", "receipt", "invoice"])
async def test_a_document_comes_whole(kind: str, documents: Any) -> None:
    info, parts = await pieces(documents, asked(kind, language_code="en"))
    content = b"".join(parts)
    assert content.startswith(b"%PDF")
    assert info.content_type == "application/pdf"
    assert info.file_name == f"{kind}-K7Q2M9XA.pdf"
    assert (info.size, info.sha256) == (len(content), hashlib.sha256(content).digest())
    assert (info.language_code, info.page_count) == ("en", 1)
    assert amount(beside(content, "Total"), "en", "EUR", 2) == 22_000
    assert "Ada Lovelace" in text(content)
    assert "Hotel Sacher" in text(content)


async def test_a_receipt_has_what_was_given_back(documents: Any) -> None:
    _, parts = await pieces(documents, asked())
    content = b"".join(parts)
    assert [row[1:] for row in rows(content) if row[0].startswith("November 21")] == [
        ["Paid", "220.00 EUR"],
        ["Refunded", "-50.00 EUR"],
    ]
    assert beside(content, "Paid in all") == "170.00 EUR"


async def test_an_invoice_is_numbered_by_the_books(documents: Any) -> None:
    _, parts = await pieces(documents, asked("invoice"))
    assert beside(b"".join(parts), "Invoice number") == "2026-000007"


async def test_an_invoice_to_a_company(documents: Any) -> None:
    request = asked("invoice")
    request.invoice.number = "A/1"
    request.invoice.buyer.name, request.invoice.buyer.tax_id = "Analytical Engines Ltd", "GB123"
    _, parts = await pieces(documents, request)
    said = text(b"".join(parts))
    assert "Analytical Engines Ltd" in said
    assert "Tax number: GB123" in said
    assert "Ada" not in said


async def test_large_documents_come_in_small_pieces(documents: Any) -> None:
    info, parts = await pieces(documents, asked(nights=1500))
    assert info.size > 65_536
    assert {len(part) for part in parts[:-1]} == {65_536}
    assert 0 < len(parts[-1]) <= 65_536
    assert hashlib.sha256(b"".join(parts)).digest() == info.sha256


async def test_the_same_request_gives_the_same_bytes(documents: Any) -> None:
    first, second = [await pieces(documents, asked()) for _ in range(2)]
    assert first == second


async def test_the_first_language_that_there_is(documents: Any) -> None:
    info, _ = await pieces(documents, asked(language_code="fr", fallback_language_codes=["de", "zh-CN", "pt"]))
    assert info.language_code == "zh"


def change(**fields: Any) -> Callable[[Request], None]:
    """Sets fields by their paths, `booking__state`."""

    def changed(request: Request) -> None:
        for path, value in fields.items():
            *way, last = path.split("__")
            holder: Any = request
            for step in way:
                holder = getattr(holder, step)
            if value is None:
                holder.ClearField(last)
            elif isinstance(value, int | str):
                setattr(holder, last, value)
            else:
                getattr(holder, last).CopyFrom(value)

    return changed


REFUSED = [
    pytest.param(change(booking__price__total=euros(219)), "AMOUNTS_DISAGREE", id="total"),
    pytest.param(change(receipt__payment__amount=euros(219)), "AMOUNTS_DISAGREE", id="payment"),
    pytest.param(change(receipt__payment__refunded=euros(49)), "AMOUNTS_DISAGREE", id="refund"),
    pytest.param(lambda request: request.receipt.entries.pop(), "AMOUNTS_DISAGREE", id="entry-left-out"),
    pytest.param(change(receipt__payment__state=Payment.STATE_AUTHORISED), "NOT_PAID", id="not-captured"),
    pytest.param(change(booking__state=Booking.STATE_PENDING), "NOT_CONFIRMED", id="pending"),
    pytest.param(change(receipt__payment__subject="bookings/b2"), "INVALID_FIELD", id="of-another-booking"),
    pytest.param(change(receipt__payment__name="payments/p2"), "INVALID_FIELD", id="entries-of-another-payment"),
    pytest.param(change(booking__price__total=Money(currency_code="USD", units=220)), "INVALID_FIELD", id="currency"),
    pytest.param(change(booking__price__total=None), "INVALID_FIELD", id="no-total"),
    pytest.param(change(hotel=None), "INVALID_FIELD", id="no-hotel"),
    pytest.param(change(booking=None), "INVALID_FIELD", id="no-booking"),
    pytest.param(change(receipt=None), "INVALID_FIELD", id="no-kind"),
    pytest.param(lambda request: request.receipt.ClearField("entries"), "INVALID_FIELD", id="no-entries"),
    pytest.param(
        lambda request: request.receipt.entries[0].postings[0].amount.CopyFrom(euros(1)),
        "INVALID_FIELD",
        id="entry-out-of-balance",
    ),
]


@pytest.mark.parametrize(("alter", "reason"), REFUSED)
async def test_what_is_not_so_is_not_printed(alter: Callable[[Request], None], reason: str, documents: Any) -> None:
    request = asked()
    alter(request)
    unmet = reason in ("NOT_PAID", "NOT_CONFIRMED")
    async with refused(StatusCode.FAILED_PRECONDITION if unmet else StatusCode.INVALID_ARGUMENT, reason):
        await pieces(documents, request)


async def test_only_services_have_documents_printed(running: RunningPlatform) -> None:
    stub = running.stub(documents_pb2_grpc.DocumentsServiceStub, token=running.token("users/ada", {"documents.render"}))
    async with refused(StatusCode.PERMISSION_DENIED, "INTERNAL_METHOD"):
        await pieces(stub, asked())
