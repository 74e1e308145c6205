"""A hotel that sells rooms on a running platform, and guests who book them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money
from google.type.postal_address_pb2 import PostalAddress
from sqlalchemy import func, select

from chassis.dates import from_date
from chassis.kit import utc_now
from innkeeper.booking.v1 import booking_pb2, booking_pb2_grpc
from innkeeper.hotels.v1 import hotels_pb2, hotels_pb2_grpc
from innkeeper.payments.v1 import payments_pb2, payments_pb2_grpc
from services.bank.store import TRANSACTIONS
from services.booking.inventory import today_in
from services.booking.tables import ROOM_NIGHTS
from tests.conftest import RunningPlatform

GUEST = booking_pb2.Guest(given_name="Ada", family_name="Lovelace", email="ada@example.com")


def key() -> str:
    """A new request id."""
    return str(uuid.uuid4())


def euros(units: int) -> Money:
    return Money(currency_code="EUR", units=units)


@dataclass(kw_only=True)
class Desk:
    """A hotel of one room type at one rate, 100 EUR a night and 10 % VAT, and what a guest asks of it."""

    running: RunningPlatform
    hotel: str = "hotels/sacher"
    time_zone: str = "Europe/Vienna"
    user: str = "users/ada"
    scopes: Sequence[str] = ("bookings.read", "bookings.write")
    units: int = 7
    price: int = 100
    stub: booking_pb2_grpc.BookingServiceStub = field(init=False)

    def __post_init__(self) -> None:
        token = self.running.token(self.user, self.scopes)
        self.stub = self.running.stub(booking_pb2_grpc.BookingServiceStub, token=token)

    @property
    def room_type(self) -> str:
        return f"{self.hotel}/roomTypes/double"

    @property
    def rate_plan(self) -> str:
        return f"{self.hotel}/ratePlans/flexible"

    def today(self) -> date:
        """What the calendar at the desk shows."""
        return today_in(self.time_zone, utc_now())

    async def open(self) -> Desk:
        """Lists the hotel, and has the booking service hear of it."""
        await self.list_with(self.units)
        return self

    async def list_with(self, units: int) -> None:
        """Lists the hotel with so many rooms."""
        token = self.running.token("users/staff", ("hotels.write",))
        stub = self.running.stub(hotels_pb2_grpc.HotelsServiceStub, token=token)
        request = hotels_pb2.ImportHotelsRequest(listing=self._listing(units), request_id=key())
        assert not (await stub.ImportHotels(iter([request]))).refused
        await self.running.settled()

    async def quote(self, *, ahead: int = 30, nights: int = 2, guests: int = 2, **changes: Any) -> booking_pb2.Quote:
        """Asks for a stay that begins so many days from now."""
        check_in = self.today() + timedelta(days=ahead)
        asked = {
            "rate_plan": self.rate_plan,
            "check_in": from_date(check_in),
            "check_out": from_date(check_in + timedelta(days=nights)),
            "guests": guests,
        }
        return await self.stub.QuoteStay(booking_pb2.QuoteStayRequest(**asked | changes))

    def order(self, quote: booking_pb2.Quote, card: str = "tok_success", request_id: str = "") -> Any:
        """The request that books a quote."""
        return booking_pb2.CreateBookingRequest(
            quote_token=quote.token, lead_guest=GUEST, card_token=card, request_id=request_id or key()
        )

    async def book(self, card: str = "tok_success", **stay: int) -> booking_pb2.Booking:
        """Quotes a stay and books it."""
        return await self.stub.CreateBooking(self.order(await self.quote(**stay), card))

    async def get(self, name: str) -> booking_pb2.Booking:
        return await self.stub.GetBooking(booking_pb2.GetBookingRequest(name=name))

    async def cancel(self, name: str, *, request_id: str = "", etag: str = "") -> booking_pb2.Booking:
        return await self.stub.CancelBooking(
            booking_pb2.CancelBookingRequest(name=name, request_id=request_id or key(), etag=etag)
        )

    async def sold(self) -> list[int]:
        """How many rooms are sold in each night of which any ever was, the earliest first."""
        query = select(ROOM_NIGHTS.c.sold).order_by(ROOM_NIGHTS.c.night)
        return await self.running.database("booking").read(lambda session: list(session.scalars(query)))

    async def transactions(self) -> Counter[str]:
        """How many transactions the bank has in each state."""
        query = select(TRANSACTIONS.c.state, func.count().label("count")).group_by(TRANSACTIONS.c.state)
        rows = await self.running.database("bank").read(lambda session: session.execute(query).all())
        return Counter({row.state: row.count for row in rows})

    async def balances(self) -> Counter[str]:
        """What the ledger says of each account, in whole euros."""
        stub = self.running.inside(payments_pb2_grpc.PaymentsServiceStub, as_service="booking")
        entries = (await stub.ListLedgerEntries(payments_pb2.ListLedgerEntriesRequest(page_size=1000))).entries
        found: Counter[str] = Counter()
        for entry in entries:
            assert sum(posting.amount.units for posting in entry.postings) == 0
            found.update({posting.account: posting.amount.units for posting in entry.postings})
        return found

    def _listing(self, units: int) -> hotels_pb2.HotelListing:
        return hotels_pb2.HotelListing(
            hotel=hotels_pb2.Hotel(
                name=self.hotel,
                display_name="Sacher",
                address=PostalAddress(region_code="AT", locality="Wien", address_lines=["Philharmoniker Straße 4"]),
                location=LatLng(latitude=48.2, longitude=16.37),
                time_zone=self.time_zone,
                currency_code="EUR",
                taxes=[hotels_pb2.Tax(display_name="VAT", basis_points=1000)],
            ),
            room_types=[hotels_pb2.RoomType(name=self.room_type, display_name="Double room", capacity=2, units=units)],
            rate_plans=[
                hotels_pb2.RatePlan(
                    name=self.rate_plan,
                    room_type=self.room_type,
                    display_name="Flexible",
                    base_price=euros(self.price),
                )
            ],
        )
