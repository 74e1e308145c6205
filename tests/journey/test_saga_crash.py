"""The platform is killed between any two steps of a booking. Started again, it finishes what was begun, once."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money
from google.type.postal_address_pb2 import PostalAddress

from chassis.dates import from_date
from chassis.kit import utc_now
from clients.cli.access import ClientToken
from clients.cli.running import secret_of
from innkeeper.booking.v1 import booking_pb2, booking_pb2_grpc
from innkeeper.booking.v1.booking_pb2 import Booking
from innkeeper.hotels.v1 import hotels_pb2, hotels_pb2_grpc
from innkeeper.payments.v1 import payments_pb2, payments_pb2_grpc
from tests.journey.command import PATIENCE, environment, up

ROOT = Path(__file__).parents[2]
HOTEL = "hotels/sacher"
LONG_ENOUGH = 200
"""Tenths of a second until the platform must have finished by itself what was begun."""


@contextmanager
def dying(data_dir: Path, place: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A platform that will die at that place: its process, and its address."""
    with (
        (data_dir.parent / "dying.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.journey.dying", place],
            env=environment({"data_dir": data_dir}),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            ready = next((line for line in process.stdout if line.startswith("ready in")), "")
            watchdog.cancel()
            assert ready, Path(log.name).read_text()
            yield process, ready.rpartition("grpc://")[2].strip()
        finally:
            watchdog.cancel()
            process.kill()


class Guest:
    """Calls a running platform with the command line's own token, which is good for everything."""

    def __init__(self, address: str, data_dir: Path) -> None:
        self._channel = grpc.insecure_channel(address)
        token = ClientToken(self._channel, secret_of(data_dir))()
        self._authorised: dict[str, Any] = {"metadata": [("authorization", f"Bearer {token}")], "timeout": 15}
        self._bookings = booking_pb2_grpc.BookingServiceStub(self._channel)

    def lists_hotel(self) -> None:
        """A hotel of one room, 100 EUR a night."""
        double = f"{HOTEL}/roomTypes/double"
        listing = hotels_pb2.HotelListing(
            hotel=hotels_pb2.Hotel(
                name=HOTEL,
                display_name="Sacher",
                address=PostalAddress(region_code="AT", locality="Wien"),
                location=LatLng(latitude=48.2, longitude=16.37),
                time_zone="Europe/Vienna",
                currency_code="EUR",
            ),
            room_types=[hotels_pb2.RoomType(name=double, display_name="Double room", capacity=2, units=1)],
            rate_plans=[
                hotels_pb2.RatePlan(
                    name=f"{HOTEL}/ratePlans/flexible",
                    room_type=double,
                    display_name="Flexible",
                    base_price=Money(currency_code="EUR", units=100),
                )
            ],
        )
        request = hotels_pb2.ImportHotelsRequest(listing=listing, request_id=str(uuid.uuid4()))
        hotels_pb2_grpc.HotelsServiceStub(self._channel).ImportHotels(iter([request]), **self._authorised)

    def order(self) -> booking_pb2.CreateBookingRequest:
        """The order for two nights."""
        check_in = utc_now().date() + timedelta(days=30)
        quote = self._bookings.QuoteStay(
            booking_pb2.QuoteStayRequest(
                rate_plan=f"{HOTEL}/ratePlans/flexible",
                check_in=from_date(check_in),
                check_out=from_date(check_in + timedelta(days=2)),
                guests=2,
            ),
            **self._authorised,
        )
        return booking_pb2.CreateBookingRequest(
            quote_token=quote.token,
            lead_guest=booking_pb2.Guest(given_name="Ada", email="ada@example.com"),
            card_token="tok_success",
            request_id=str(uuid.uuid4()),
        )

    def books(self, order: booking_pb2.CreateBookingRequest) -> Booking:
        return self._bookings.CreateBooking(order, **self._authorised)

    def cancels(self, booking: Booking) -> Booking:
        request = booking_pb2.CancelBookingRequest(name=booking.name, request_id=str(uuid.uuid4()))
        return self._bookings.CancelBooking(request, **self._authorised)

    async def sees(self, payment_state: Booking.PaymentState.ValueType) -> Booking:
        """The only booking, once its payment has come so far, without anybody asking for it."""
        for _ in range(LONG_ENOUGH):
            (booking,) = self._bookings.ListBookings(booking_pb2.ListBookingsRequest(), **self._authorised).bookings
            if booking.payment_state == payment_state:
                return booking
            await asyncio.sleep(0.1)
        raise AssertionError(f"not settled: {booking}")

    def ledger(self) -> list[str]:
        """What was entered in the books, each entry checked to balance."""
        payments = payments_pb2_grpc.PaymentsServiceStub(self._channel)
        entries = payments.ListLedgerEntries(payments_pb2.ListLedgerEntriesRequest(), **self._authorised).entries
        for entry in entries:
            assert sum(posting.amount.units for posting in entry.postings) == 0
        return [entry.description for entry in entries]


def column(data_dir: Path, service: str, query: str) -> list[Any]:
    """What a service's database has in it."""
    with closing(sqlite3.connect(f"file:{data_dir / service}.db?mode=ro", uri=True)) as connection:
        return [value for (value,) in connection.execute(query)]


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("before authorise", id="booked, not asked"),
        pytest.param("after authorise", id="asked, not stored"),
        pytest.param("before confirm", id="authorised, not confirmed"),
        pytest.param("after confirm", id="about to be confirmed"),
        pytest.param("before capture", id="confirmed, not captured"),
        pytest.param("after capture", id="captured, not stored"),
    ],
)
async def test_a_booking_is_confirmed_and_charged_once(data_dir: Path, place: str) -> None:
    with dying(data_dir, place) as (process, address):
        guest = Guest(address, data_dir)
        guest.lists_hotel()
        order = guest.order()
        with pytest.raises(grpc.RpcError):
            guest.books(order)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    with up(data_dir, demo_hotels=0) as platform:
        guest = Guest(platform.address, data_dir)
        booking = await guest.sees(Booking.PAYMENT_STATE_CAPTURED)
        assert booking.state == Booking.STATE_CONFIRMED
        assert guest.books(order) == booking
        assert guest.ledger() == ["capture"]
        assert column(data_dir, "bank", "SELECT state FROM transactions") == ["CAPTURED"]
        assert column(data_dir, "booking", "SELECT sold FROM room_nights") == [1, 1]
        assert platform.stop() == 0


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("before refund", id="cancelled, not refunded"),
        pytest.param("after refund", id="refunded, not stored"),
    ],
)
async def test_a_cancelled_booking_is_refunded_once(data_dir: Path, place: str) -> None:
    with dying(data_dir, place) as (process, address):
        guest = Guest(address, data_dir)
        guest.lists_hotel()
        booked = guest.books(guest.order())
        with pytest.raises(grpc.RpcError):
            guest.cancels(booked)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    with up(data_dir, demo_hotels=0) as platform:
        guest = Guest(platform.address, data_dir)
        booking = await guest.sees(Booking.PAYMENT_STATE_REFUNDED)
        assert (booking.state, booking.refunded) == (Booking.STATE_CANCELLED, booked.price.total)
        assert guest.ledger() == ["capture", "refund"]
        assert column(data_dir, "bank", "SELECT state FROM transactions") == ["REFUNDED"]
        assert column(data_dir, "booking", "SELECT sold FROM room_nights") == [0, 0]
        assert platform.stop() == 0
