"""From the words of the contract to a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from google.type.money_pb2 import Money
from google.type.postal_address_pb2 import PostalAddress

from chassis.dates import from_timestamp, to_date
from chassis.full_name import full_name
from chassis.money import exponent, to_minor
from chassis.refusal import InvalidField
from innkeeper.booking.v1.booking_pb2 import Booking
from innkeeper.documents.v1 import documents_pb2
from innkeeper.hotels.v1.hotels_pb2 import Board
from innkeeper.payments.v1.payments_pb2 import LedgerEntry
from innkeeper.payments.v1.payments_pb2 import Payment as PaymentMessage
from services.documents.document import (
    Address,
    Charge,
    Document,
    Kind,
    Movement,
    Night,
    NotConfirmed,
    NotPaid,
    Party,
    Payment,
    Term,
)
from services.documents.language import chosen

CERTAIN: Final = frozenset(
    {
        Booking.STATE_CONFIRMED,
        Booking.STATE_CHECKED_IN,
        Booking.STATE_CHECKED_OUT,
        Booking.STATE_CANCELLED,
        Booking.STATE_NO_SHOW,
    }
)
"""The states of a booking that was confirmed once."""

PAID: Final = frozenset({PaymentMessage.STATE_CAPTURED, PaymentMessage.STATE_REFUNDED})
BANK: Final = "bank"
"""The account on which a document's amounts are seen: what it gets, the guest has paid."""


def to_document(request: documents_pb2.RenderDocumentRequest) -> Document:
    """What is to be printed. Raises Refusal where there is no such document, or the request contradicts itself."""
    booking, currency = request.booking, request.booking.price.total.currency_code
    kind = Kind(request.WhichOneof("document") or "")
    if booking.state not in CERTAIN:
        state = Booking.State.Name(booking.state).removeprefix("STATE_")
        raise NotConfirmed(f"{booking.name} is {state}: it was never confirmed", state=state)
    bill = request.receipt if kind is Kind.RECEIPT else request.invoice
    payment = None if kind is Kind.CONFIRMATION else _payment(bill.payment, bill.entries, booking, currency)
    latest = payment.movements[-1].time if payment and payment.movements else from_timestamp(booking.update_time)
    guest = booking.lead_guest
    name = full_name(guest.given_name, guest.family_name)
    hotel = Party(name=request.hotel.display_name, address=_address(request.hotel.address))
    document = Document(
        kind=kind,
        language=chosen([request.language_code, *request.fallback_language_codes]),
        issue_time=from_timestamp(request.issue_time) if request.HasField("issue_time") else latest,
        booking=booking.name,
        state=Booking.State.Name(booking.state).removeprefix("STATE_"),
        confirmation_code=booking.confirmation_code,
        hotel=hotel,
        time_zone=booking.time_zone,
        room=request.room_type.display_name,
        board=Board.Name(booking.price.board).removeprefix("BOARD_"),
        guest=name,
        guests=booking.guests,
        check_in=to_date(booking.check_in),
        check_out=to_date(booking.check_out),
        nights=[Night(to_date(it.date), _minor(it.price, currency)) for it in booking.price.nights],
        taxes=[Charge(it.display_name, _minor(it.amount, currency)) for it in booking.price.taxes],
        total=to_minor(booking.price.total),
        currency=currency,
        places=exponent(currency),
        terms=[Term(from_timestamp(it.deadline), it.refund_percent) for it in booking.price.cancellation_terms],
        payment=payment,
        number=_number(request.invoice, payment),
        seller=_party(request.invoice.seller) if request.invoice.HasField("seller") else hotel,
        buyer=_party(request.invoice.buyer) if request.invoice.HasField("buyer") else Party(name=name),
    )
    document.check()
    return document


def _payment(message: PaymentMessage, entries: Sequence[LedgerEntry], booking: Booking, currency: str) -> Payment:
    if message.subject != booking.name:
        raise InvalidField("payment.subject", f"must be the booking, {booking.name}")
    if message.state not in PAID:
        state = PaymentMessage.State.Name(message.state).removeprefix("STATE_")
        raise NotPaid(f"{message.name} is {state}: nothing was paid", state=state)
    return Payment(
        name=message.name,
        amount=_minor(message.amount, currency),
        refunded=_minor(message.refunded, currency) if message.HasField("refunded") else 0,
        movements=[_movement(entry, message.name, currency) for entry in entries],
    )


def _movement(entry: LedgerEntry, payment: str, currency: str) -> Movement:
    if entry.payment != payment:
        raise InvalidField("entries", f"must be those of {payment}")
    amounts = [(posting.account, _minor(posting.amount, currency)) for posting in entry.postings]
    if sum(amount for _, amount in amounts):
        raise InvalidField("entries", f"the postings of entry {entry.number} must add up to nothing")
    taken = sum(amount for account, amount in amounts if account == BANK)
    return Movement(entry.number, from_timestamp(entry.enter_time), taken)


def _minor(money: Money, currency: str) -> int:
    if money.currency_code != currency:
        raise InvalidField("booking.price.total.currency_code", "all amounts must be of one currency")
    return to_minor(money)


def _number(invoice: documents_pb2.Invoice, payment: Payment | None) -> str:
    """What the invoice is called; by the entry of the ledger with which the money came where nobody says."""
    if invoice.number or payment is None:
        return invoice.number
    taken = next((movement for movement in payment.movements if movement.amount > 0), None)
    return f"{taken.time:%Y}-{taken.number:06}" if taken else ""


def _party(message: documents_pb2.Party) -> Party:
    address = _address(message.address) if message.HasField("address") else None
    return Party(name=message.name, address=address, tax_id=message.tax_id)


def _address(message: PostalAddress) -> Address:
    named = (*message.recipients, message.organization, *message.address_lines, message.sublocality)
    return Address(
        lines=[line for line in named if line.strip()],
        postal_code=message.postal_code,
        locality=message.locality,
        area=message.administrative_area,
        region=message.region_code,
    )
