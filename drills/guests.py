"""Guests who book a stay and call it off, again and again, at prices that they asked for before."""

from __future__ import annotations

import asyncio
import itertools
import random
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import grpc

from chassis.dates import from_date
from drills.mesh import Mesh
from drills.travellers import CARD, CITIES, Pace, Tally, Traveller
from innkeeper.booking.v1 import booking_pb2, booking_pb2_grpc
from innkeeper.search.v1 import search_pb2, search_pb2_grpc

EVENTS_OF_A_STAY = 6
"""Made, authorised, confirmed, captured; called off, paid back."""

AT_ONCE = 8
"""How many sign up at a time."""


class Guest:
    """One of them.

    Args:
        traveller: Who has signed up.
        quotes: Prices that are good still.
    """

    def __init__(self, mesh: Mesh, traveller: Traveller, quotes: Sequence[str], tally: Tally) -> None:
        self.name = traveller.name
        self.token = traveller.tokens.value
        self.bookings = mesh.network.stub(booking_pb2_grpc.BookingServiceStub, traveller.tokens)
        self._quotes = quotes
        self._tally = tally

    async def stay(self) -> None:
        """Books a stay, and calls it off."""
        guest = booking_pb2.Guest(given_name="Ada", family_name="Lovelace", email="ada@example.com")
        order = booking_pb2.CreateBookingRequest(
            quote_token=random.choice(self._quotes), lead_guest=guest, card_token=CARD, request_id=str(uuid.uuid4())
        )
        with suppress(grpc.aio.AioRpcError):  # counted
            booked = await self._tally.counted("CreateBooking", self.bookings.CreateBooking(order))
            cancel = booking_pb2.CancelBookingRequest(name=booked.name, request_id=str(uuid.uuid4()))
            await self._tally.counted("CancelBooking", self.bookings.CancelBooking(cancel))


async def guests(mesh: Mesh, number: int, tally: Tally) -> list[Guest]:
    """So many of them, with an account each."""
    people = [Traveller(mesh.network, tally, Pace(1.0)) for _ in range(number)]
    room = asyncio.Semaphore(AT_ONCE)

    async def sign_up(person: Traveller) -> None:
        async with room:
            await person.sign_up()

    await asyncio.gather(*map(sign_up, people))
    quotes = await _quotes(mesh)
    return [Guest(mesh, person, quotes, tally) for person in people]


async def _quotes(mesh: Mesh) -> list[str]:
    """What stays in many rooms cost, on many days, sealed: so many that no room is sold out."""
    search = mesh.network.stub(search_pb2_grpc.SearchServiceStub, None)
    bookings = mesh.network.stub(booking_pb2_grpc.BookingServiceStub, None)
    quotes = []
    for ahead, city in itertools.product(range(60, 240, 30), CITIES):
        arrival = datetime.now(UTC).date() + timedelta(days=ahead)
        dates = {"check_in": from_date(arrival), "check_out": from_date(arrival + timedelta(days=1)), "guests": 2}
        found = await search.SearchHotels(search_pb2.SearchHotelsRequest(city=city, page_size=10, **dates))
        for offer in found.offers:
            quote = await bookings.QuoteStay(booking_pb2.QuoteStayRequest(rate_plan=offer.rate_plan, **dates))
            quotes.append(quote.token)
    return quotes
