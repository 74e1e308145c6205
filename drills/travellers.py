"""Steady mixed load: travellers who sign up, look for a room, book it, and call it off again."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import grpc

from chassis.dates import from_date
from chassis.errors import reason_of
from chassis.network import Network
from innkeeper.auth.v1 import auth_pb2, auth_pb2_grpc
from innkeeper.booking.v1 import booking_pb2, booking_pb2_grpc
from innkeeper.hotels.v1 import hotels_pb2, hotels_pb2_grpc
from innkeeper.search.v1 import search_pb2, search_pb2_grpc
from innkeeper.users.v1 import users_pb2, users_pb2_grpc

T = TypeVar("T")
CARD = "tok_success"
CITIES = ("Vienna", "Paris", "Berlin", "Rome", "Madrid")


@dataclass(slots=True)
class Tally:
    """What became of the calls."""

    calls: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    seconds: list[tuple[float, float, str]] = field(default_factory=list)
    """Of each call that succeeded: when it ended (`time.monotonic`), how long it took, and its method."""

    @property
    def failed(self) -> int:
        """Calls that failed, whatever the reason."""
        return self.failures.total()

    async def counted(self, method: str, call: Awaitable[T]) -> T:
        """The answer of a call, which is counted."""
        begun = time.monotonic()
        self.calls += 1
        try:
            answer = await call
        except grpc.aio.AioRpcError as error:
            self.failures[f"{method} {error.code().name} {reason_of(error)} {error.details()}"[:160]] += 1
            raise
        ended = time.monotonic()
        self.seconds.append((ended, ended - begun, method))
        return answer


class Pace:
    """Lets calls begin at a steady rate, over all travellers."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._next = time.monotonic()

    async def wait(self) -> None:
        """Returns when the next call may begin. What is late is not made up for: the load stays steady."""
        now = time.monotonic()
        self._next = max(self._next + self._gap, now - self._gap)
        await asyncio.sleep(self._next - now)


class Bearer:
    """A user's token."""

    def __init__(self) -> None:
        self.value = ""

    async def bearer(self) -> str:
        """The metadata value."""
        return self.value


class Traveller:
    """One user with an account, who travels again and again.

    Args:
        network: The way to the services.
        tally: Counts the calls.
        pace: Says when the next call may begin.
    """

    def __init__(self, network: Network, tally: Tally, pace: Pace) -> None:
        self._tally = tally
        self._pace = pace
        self._bearer = Bearer()
        self._auth = network.stub(auth_pb2_grpc.AuthServiceStub, self._bearer)
        self._users = network.stub(users_pb2_grpc.UsersServiceStub, self._bearer)
        self._hotels = network.stub(hotels_pb2_grpc.HotelsServiceStub, self._bearer)
        self._search = network.stub(search_pb2_grpc.SearchServiceStub, self._bearer)
        self._bookings = network.stub(booking_pb2_grpc.BookingServiceStub, self._bearer)
        self._name = ""

    @property
    def name(self) -> str:
        """The user's resource name, `users/{user}`."""
        return self._name

    @property
    def tokens(self) -> Bearer:
        """The user's token."""
        return self._bearer

    async def sign_up(self) -> None:
        """Makes the account, and signs in."""
        email, password = f"{uuid.uuid4()}@example.org", "correct horse battery"
        await self._auth.CreateAccount(
            auth_pb2.CreateAccountRequest(account=auth_pb2.Account(email=email), password=password, request_id=_key())
        )
        tokens = await self._auth.SignIn(auth_pb2.SignInRequest(email=email, password=password, request_id=_key()))
        self._bearer.value, self._name = f"Bearer {tokens.access_token}", tokens.subject
        user = users_pb2.User(given_name="Ada", family_name="Lovelace", email=email)
        await self._users.CreateUser(users_pb2.CreateUserRequest(user=user, request_id=_key()))

    async def travel(self) -> None:
        """Looks, books, and calls off: eleven calls or so."""
        arrival = datetime.now(UTC).date() + timedelta(days=random.randrange(30, 300))
        dates = {"check_in": from_date(arrival), "check_out": from_date(arrival + timedelta(days=1)), "guests": 2}
        await self._call(self._auth.GetJwks, auth_pb2.GetJwksRequest())
        found = await self._call(
            self._search.SearchHotels,
            search_pb2.SearchHotelsRequest(city=random.choice(CITIES), page_size=5, **dates),
        )
        if not found.offers:
            return
        offer = random.choice(found.offers)
        await self._call(self._hotels.GetHotel, hotels_pb2.GetHotelRequest(name=offer.hotel))
        await self._call(self._users.GetUser, users_pb2.GetUserRequest(name=self._name))
        quote = await self._call(
            self._bookings.QuoteStay, booking_pb2.QuoteStayRequest(rate_plan=offer.rate_plan, **dates)
        )
        guest = booking_pb2.Guest(given_name="Ada", family_name="Lovelace", email="ada@example.org")
        booking = await self._call(
            self._bookings.CreateBooking,
            booking_pb2.CreateBookingRequest(
                quote_token=quote.token, lead_guest=guest, card_token=CARD, request_id=_key()
            ),
        )
        while booking.state == booking_pb2.Booking.STATE_PENDING:
            await asyncio.sleep(0.5)
            booking = await self._call(self._bookings.GetBooking, booking_pb2.GetBookingRequest(name=booking.name))
        await self._call(self._bookings.ListBookings, booking_pb2.ListBookingsRequest(page_size=5))
        await self._call(
            self._bookings.CancelBooking,
            booking_pb2.CancelBookingRequest(name=booking.name, etag=booking.etag, request_id=_key()),
        )

    async def _call(self, method: Callable[[Any], Awaitable[T]], request: Any) -> T:
        await self._pace.wait()
        name = type(request).__name__.removesuffix("Request")
        return await self._tally.counted(name, method(request))


@asynccontextmanager
async def travelling(network: Network, *, travellers: int, per_second: float) -> AsyncIterator[Tally]:
    """Steady load while the block lasts: its `Tally`. Journeys that are under way come to their end."""
    tally, pace, stop = Tally(), Pace(per_second), asyncio.Event()

    async def go(traveller: Traveller) -> None:
        while not stop.is_set():
            with suppress(grpc.aio.AioRpcError):  # counted
                await traveller.travel()

    people = [Traveller(network, tally, pace) for _ in range(travellers)]
    for person in people:
        await person.sign_up()
    tasks = [asyncio.create_task(go(person)) for person in people]
    try:
        yield tally
    finally:
        stop.set()
        await asyncio.gather(*tasks)


def _key() -> str:
    return str(uuid.uuid4())
