"""Quotes: what they say, and what is not quoted."""

from __future__ import annotations

from datetime import timedelta

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from chassis.dates import from_date
from chassis.kit import utc_now
from innkeeper.booking.v1 import booking_pb2_grpc
from services.booking.inventory import today_in
from tests.conftest import RunningPlatform
from tests.errors import refused
from tests.service.booking.desk import Desk, euros

FAILED_PRECONDITION, INVALID_ARGUMENT = grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT


async def test_a_quote_says_all_there_is_to_know(desk: Desk) -> None:
    begun = utc_now()
    quote = await desk.quote(nights=3)
    assert (quote.hotel, quote.time_zone, quote.guests) == ("hotels/sacher", "Europe/Vienna", 2)
    assert (quote.price.room_type, quote.price.rate_plan) == (desk.room_type, desk.rate_plan)
    assert [night.price for night in quote.price.nights] == [euros(100)] * 3
    assert [(tax.display_name, tax.amount) for tax in quote.price.taxes] == [("VAT", euros(30))]
    assert quote.price.total == euros(330)
    assert timedelta(minutes=14) < quote.expire_time.ToDatetime(begun.tzinfo) - begun < timedelta(minutes=16)


async def test_anybody_may_ask(desk: Desk) -> None:
    desk.stub = desk.running.stub(booking_pb2_grpc.BookingServiceStub)
    assert (await desk.quote()).token


async def test_a_quote_holds_no_room(desk: Desk) -> None:
    await desk.quote()
    assert await desk.sold() == []


@pytest.mark.parametrize(
    ("rate_plan", "resource"),
    [
        pytest.param("hotels/sacher/ratePlans/none", "hotels/sacher/ratePlans/none", id="no such rate plan"),
        pytest.param("hotels/none/ratePlans/flexible", "hotels/none/ratePlans/flexible", id="no such hotel"),
    ],
)
async def test_what_is_not_there(desk: Desk, rate_plan: str, resource: str) -> None:
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND") as outcome:
        await desk.quote(rate_plan=rate_plan)
    assert outcome.info.metadata["resource"] == resource


async def test_more_guests_than_the_room_takes(desk: Desk) -> None:
    async with refused(FAILED_PRECONDITION, "DOES_NOT_FIT"):
        await desk.quote(guests=3)


@pytest.mark.parametrize(
    ("ahead", "nights", "field"),
    [
        pytest.param(30, 0, "check_out", id="no night"),
        pytest.param(30, -1, "check_out", id="backwards"),
        pytest.param(30, 31, "check_out", id="too long"),
        pytest.param(-1, 2, "check_in", id="past"),
        pytest.param(502, 2, "check_in", id="too far ahead"),
    ],
)
async def test_dates_that_can_not_be_booked(desk: Desk, ahead: int, nights: int, field: str) -> None:
    async with refused(INVALID_ARGUMENT, "INVALID_FIELD") as outcome:
        await desk.quote(ahead=ahead, nights=nights)
    assert outcome.fields == [field]


async def test_a_night_without_a_room_is_named(desk: Desk) -> None:
    await desk.list_with(1)
    await desk.book(ahead=31, nights=1)
    assert await desk.quote(ahead=29, nights=2)
    async with refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "SOLD_OUT") as outcome:
        await desk.quote(ahead=29, nights=3)
    assert outcome.info.metadata["night"] == str(desk.today() + timedelta(days=31))


# At any hour of the day, at least one of them has another date than UTC.
@pytest.mark.parametrize("time_zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
async def test_today_is_what_the_calendar_shows_at_the_hotel(running: RunningPlatform, time_zone: str) -> None:
    desk = await Desk(running=running, time_zone=time_zone).open()
    today = today_in(time_zone, utc_now())
    assert (await desk.quote(ahead=0, nights=1)).check_in == from_date(today)
    async with refused(INVALID_ARGUMENT, "INVALID_FIELD"):
        await desk.quote(ahead=-1, nights=1)


async def test_the_quote_of_a_moment_is_the_same_for_all(desk: Desk) -> None:
    first, second = await desk.quote(), await desk.quote()
    for quote in (first, second):
        quote.token = ""
        quote.expire_time.CopyFrom(Timestamp())
    assert first == second
