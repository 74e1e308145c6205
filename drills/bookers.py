"""People who book a stay and keep it, each time another one."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import grpc

from chassis.dates import from_date
from chassis.errors import reason_of
from chassis.network import Network
from drills.travellers import CARD, CITIES, Pace, Tally, Traveller
from innkeeper.booking.v1 import booking_pb2, booking_pb2_grpc
from innkeeper.search.v1 import search_pb2, search_pb2_grpc

AHEAD = (30, 480)
"""How many days from now stays begin: so many that no room is sold out."""

OFFERS = 20
"""How many are looked at in a city."""


class Booker:
    """One of them.

    Args:
        traveller: Who has signed up.
        rate_plans: What can be booked.
    """

    def __init__(self, network: Network, traveller: Traveller, rate_plans: Sequence[str], tally: Tally) -> None:
        self._bookings = network.stub(booking_pb2_grpc.BookingServiceStub, traveller.tokens)
        self._rate_plans = rate_plans
        self.hotels = sorted({rate_plan.partition("/ratePlans/")[0] for rate_plan in rate_plans})
        self._tally = tally

    async def choose(self) -> booking_pb2.CreateBookingRequest:
        """An order of a night somewhere that has a room left. Raises AioRpcError, which is counted."""
        while True:
            try:
                return await self._order()
            except grpc.aio.AioRpcError as error:
                if reason_of(error) != "SOLD_OUT":
                    self._tally.failures[f"QuoteStay {error.code().name} {error.details()}"[:160]] += 1
                    raise

    async def _order(self) -> booking_pb2.CreateBookingRequest:
        arrival = datetime.now(UTC).date() + timedelta(days=random.randrange(*AHEAD))
        asked = booking_pb2.QuoteStayRequest(
            rate_plan=random.choice(self._rate_plans),
            check_in=from_date(arrival),
            check_out=from_date(arrival + timedelta(days=1)),
            guests=1,
        )
        quote = await self._bookings.QuoteStay(asked)
        return booking_pb2.CreateBookingRequest(
            quote_token=quote.token,
            lead_guest=booking_pb2.Guest(given_name="Ada", family_name="Lovelace", email=f"{uuid.uuid4()}@example.com"),
            card_token=CARD,
            request_id=str(uuid.uuid4()),
        )

    async def book(self, order: booking_pb2.CreateBookingRequest) -> booking_pb2.Booking:
        """Sends the order. Raises AioRpcError, which is counted."""
        return await self._tally.counted("CreateBooking", self._bookings.CreateBooking(order))


async def bookers(network: Network, number: int, tally: Tally) -> list[Booker]:
    """So many of them, with an account each."""
    people = [Traveller(network, tally, Pace(1.0)) for _ in range(number)]
    for person in people:
        await person.sign_up()
    rate_plans = [offer.rate_plan for offer in await _offers(network)]
    return [Booker(network, person, rate_plans, tally) for person in people]


async def _offers(network: Network) -> list[search_pb2.Offer]:
    search = network.stub(search_pb2_grpc.SearchServiceStub, None)
    arrival = datetime.now(UTC).date() + timedelta(days=AHEAD[0])
    dates = {"check_in": from_date(arrival), "check_out": from_date(arrival + timedelta(days=1)), "guests": 1}
    found = [
        await search.SearchHotels(search_pb2.SearchHotelsRequest(city=city, page_size=OFFERS, **dates))
        for city in CITIES
    ]
    return [offer for page in found for offer in page.offers]
