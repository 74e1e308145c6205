"""A walk through a booking, from signing up to the refund, as a client in any language would make it: over a socket,
with nothing but the generated stubs."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from grpc.aio import Channel, Metadata

from chassis.dates import from_date
from chassis.money import to_minor
from chassis.security.service_clients import CLI
from clients.cli.failure import Failure
from clients.cli.prompt.readable import readable
from clients.cli.steps import step
from innkeeper.auth.v1 import auth_pb2, auth_pb2_grpc
from innkeeper.booking.v1 import booking_pb2, booking_pb2_grpc
from innkeeper.booking.v1.booking_pb2 import Booking
from innkeeper.payments.v1 import payments_pb2, payments_pb2_grpc
from innkeeper.search.v1 import search_pb2, search_pb2_grpc
from innkeeper.users.v1 import users_pb2, users_pb2_grpc

CITY: Final = "Vienna"
DAYS_AHEAD: Final = 30
NIGHTS: Final = 3
GUESTS: Final = 2
CARD: Final = "tok_success"

PATIENCE: Final = 15.0
"""Seconds that what follows by itself, such as a refund, may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a walk came to, counted in the platform's answers: bookings by state, money by the ledger."""

    bookings_confirmed: int
    payments_captured: int
    refunds: int


@dataclass(frozen=True, slots=True)
class Stay:
    """The offer that the guest takes, and from when on."""

    offer: search_pb2.Offer
    check_in: date


class Walk:
    """One guest's way through the platform.

    Args:
        channel: The way to the platform.
        secret: The command line's own, which may read the ledger.
    """

    def __init__(self, channel: Channel, secret: str) -> None:
        self._auth = auth_pb2_grpc.AuthServiceStub(channel)
        self._users = users_pb2_grpc.UsersServiceStub(channel)
        self._search = search_pb2_grpc.SearchServiceStub(channel)
        self._bookings = booking_pb2_grpc.BookingServiceStub(channel)
        self._payments = payments_pb2_grpc.PaymentsServiceStub(channel)
        self._secret = secret

    async def run(self) -> Tally:
        """Go all the way. Raises grpc.RpcError where a step is refused, Failure where an answer is not as it should."""
        guest = await self._sign_up()
        booking = await self._book(await self._find(), guest)
        mine = await step(
            self._bookings.ListBookings(booking_pb2.ListBookingsRequest(), metadata=guest),
            lambda page: f"found {len(page.bookings)} booking among the guest's own",
        )
        await self._cancel(booking, guest)
        entries = await step(self._books_of(booking.payment), _balanced)
        return Tally(
            bookings_confirmed=sum(seen.state == Booking.STATE_CONFIRMED for seen in mine.bookings),
            payments_captured=sum(entry.description == "capture" for entry in entries),
            refunds=sum(entry.description == "refund" for entry in entries),
        )

    async def _sign_up(self) -> Metadata:
        email, password = f"guest-{uuid.uuid4().hex[:12]}@example.org", secrets.token_urlsafe(16)
        await step(
            self._auth.CreateAccount(
                auth_pb2.CreateAccountRequest(
                    account=auth_pb2.Account(email=email), password=password, request_id=_request_id()
                )
            ),
            lambda account: f"signed up as {email}: {account.name}",
        )
        tokens = await step(
            self._auth.SignIn(auth_pb2.SignInRequest(email=email, password=password, request_id=_request_id())),
            lambda tokens: f"signed in as {tokens.subject}, who may {' '.join(tokens.scopes)}",
        )
        guest = _bearer(tokens)
        await step(
            self._users.CreateUser(
                users_pb2.CreateUserRequest(
                    user=users_pb2.User(given_name="Ada", family_name="Lovelace", email=email), request_id=_request_id()
                ),
                metadata=guest,
            ),
            lambda user: f"gave a name: {user.given_name} {user.family_name} is {user.name}",
        )
        return guest

    async def _find(self) -> Stay:
        check_in = datetime.now(UTC).date() + timedelta(days=DAYS_AHEAD)
        found = await step(
            self._search.SearchHotels(
                search_pb2.SearchHotelsRequest(
                    city=CITY,
                    check_in=from_date(check_in),
                    check_out=from_date(check_in + timedelta(days=NIGHTS)),
                    guests=GUESTS,
                    page_size=1000,
                )
            ),
            lambda found: f"looked for {NIGHTS} nights for {GUESTS} in {CITY}: {len(found.offers)} hotels have a room",
        )
        if not found.offers:
            raise Failure(f"there is no room for {GUESTS} in {CITY} {DAYS_AHEAD} days ahead")
        return Stay(found.offers[0], check_in)

    async def _book(self, stay: Stay, guest: Metadata) -> Booking:
        quote = await step(
            self._bookings.QuoteStay(
                booking_pb2.QuoteStayRequest(
                    rate_plan=stay.offer.rate_plan,
                    check_in=from_date(stay.check_in),
                    check_out=from_date(stay.check_in + timedelta(days=NIGHTS)),
                    guests=GUESTS,
                )
            ),
            lambda quote: f"asked what it costs: {readable(quote.price.total)} at {stay.offer.display_name}",
        )
        booking = await step(
            self._bookings.CreateBooking(
                booking_pb2.CreateBookingRequest(
                    quote_token=quote.token,
                    lead_guest=booking_pb2.Guest(given_name="Ada", family_name="Lovelace", email="ada@example.org"),
                    card_token=CARD,
                    request_id=_request_id(),
                ),
                metadata=guest,
            ),
            lambda booking: f"booked and paid: {_states(booking)}, code {booking.confirmation_code}",
        )
        return await step(
            self._bookings.GetBooking(booking_pb2.GetBookingRequest(name=booking.name), metadata=guest),
            lambda booking: f"fetched {booking.name}: {_states(booking)}",
        )

    async def _cancel(self, booking: Booking, guest: Metadata) -> None:
        cancelled = await step(
            self._bookings.CancelBooking(
                booking_pb2.CancelBookingRequest(name=booking.name, etag=booking.etag, request_id=_request_id()),
                metadata=guest,
            ),
            lambda cancelled: f"cancelled it: {_states(cancelled)}, {readable(cancelled.refunded)} given back",
        )
        if cancelled.state != Booking.STATE_CANCELLED:
            raise Failure(f"{booking.name} was cancelled, and is {_states(cancelled)}")

    async def _books_of(self, payment: str) -> Sequence[payments_pb2.LedgerEntry]:
        """The entries of a payment, once a refund is among them."""
        credentials = auth_pb2.ClientCredentials(client_id=CLI, client_secret=self._secret)
        tokens = await self._auth.IssueToken(
            auth_pb2.IssueTokenRequest(client_credentials=credentials, scopes=["ledger.read"], request_id=_request_id())
        )
        request = payments_pb2.ListLedgerEntriesRequest(payment=payment)
        async with asyncio.timeout(PATIENCE):
            while True:
                page = await self._payments.ListLedgerEntries(request, metadata=_bearer(tokens))
                if any(entry.description == "refund" for entry in page.entries):
                    return page.entries
                await asyncio.sleep(0.05)


def _balanced(entries: Sequence[payments_pb2.LedgerEntry]) -> str:
    """What the entries come to. Raises Failure where money is left over somewhere."""
    accounts = Counter[str]()
    for entry in entries:
        for posting in entry.postings:
            accounts[posting.account] += to_minor(posting.amount)
    if any(accounts.values()):
        raise Failure(f"the books of a refunded payment are not even: {dict(accounts)}")
    return f"read the ledger: {', '.join(entry.description for entry in entries)}; every account is even again"


def _states(booking: Booking) -> str:
    state = Booking.State.Name(booking.state).removeprefix("STATE_")
    return f"{state}, payment {Booking.PaymentState.Name(booking.payment_state).removeprefix('PAYMENT_STATE_')}"


def _bearer(tokens: auth_pb2.Tokens) -> Metadata:
    return Metadata(("authorization", f"Bearer {tokens.access_token}"))


def _request_id() -> str:
    return str(uuid.uuid4())
