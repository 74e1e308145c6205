"""Prices of stays at several hotels."""

from __future__ import annotations

from datetime import UTC, date, datetime

import grpc
import pytest
from google.type.date_pb2 import Date

from chassis.dates import from_date, from_timestamp
from chassis.money import to_minor
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from tests.errors import refused
from tests.service.hotels.conftest import Hotels
from tests.service.hotels.requests import a_listing, a_rate_plan, a_room_type, euros, stream

MAY = date(2027, 5, 1)


def asking(*hotels: str, check_in: date = MAY, nights: int = 3, guests: int = 2) -> hotels_pb2.PriceStaysRequest:
    check_out = date.fromordinal(check_in.toordinal() + nights)
    return hotels_pb2.PriceStaysRequest(
        hotels=hotels, check_in=from_date(check_in), check_out=from_date(check_out), guests=guests
    )


async def test_a_stay_is_priced_line_by_line(hotels: Hotels) -> None:
    await hotels.staff.ImportHotels(stream([a_listing("hotels/a")]))

    (prices,) = (await hotels.inside.PriceStays(asking("hotels/a"))).hotels

    assert (prices.hotel, prices.time_zone) == ("hotels/a", "Europe/Vienna")
    assert [room.name for room in prices.room_types] == ["hotels/a/roomTypes/double"]
    (price,) = prices.prices
    assert (price.room_type, price.rate_plan) == ("hotels/a/roomTypes/double", "hotels/a/ratePlans/flexible")
    assert [(night.date, night.price) for night in price.nights] == [
        (Date(year=2027, month=5, day=day), euros(100)) for day in (1, 2, 3)
    ]
    assert [(line.display_name, line.amount) for line in price.taxes] == [("VAT", euros(30)), ("City tax", euros(12))]
    assert price.total == euros(342)
    assert price.board == hotels_pb2.BOARD_BED_AND_BREAKFAST
    assert [(from_timestamp(term.deadline), term.refund_percent) for term in price.cancellation_terms] == [
        (datetime(2027, 4, 29, 22, tzinfo=UTC), 100)
    ]


async def test_the_cheapest_plan_comes_first(hotels: Hotels) -> None:
    listing = a_listing("hotels/a")
    suite = "hotels/a/roomTypes/suite"
    listing.room_types.append(a_room_type(suite, capacity=4))
    listing.rate_plans.extend(
        [
            a_rate_plan(suite, "hotels/a/ratePlans/suite", 90),
            a_rate_plan("hotels/a/roomTypes/double", "hotels/a/ratePlans/early", 80),
        ]
    )
    await hotels.staff.ImportHotels(stream([listing]))

    (prices,) = (await hotels.inside.PriceStays(asking("hotels/a"))).hotels
    (for_four,) = (await hotels.inside.PriceStays(asking("hotels/a", guests=4))).hotels

    assert [price.rate_plan.rpartition("/")[2] for price in prices.prices] == ["early", "suite", "flexible"]
    assert [to_minor(price.total) for price in prices.prices] == sorted(
        to_minor(price.total) for price in prices.prices
    )
    assert [price.rate_plan.rpartition("/")[2] for price in for_four.prices] == ["suite"]
    assert [room.name for room in for_four.room_types] == [suite]


async def test_hotels_come_in_the_order_asked_and_once(hotels: Hotels) -> None:
    await hotels.staff.ImportHotels(stream([a_listing(f"hotels/{name}") for name in "abc"]))
    answer = await hotels.inside.PriceStays(asking("hotels/c", "hotels/none", "hotels/a", "hotels/c"))
    assert [prices.hotel for prices in answer.hotels] == ["hotels/c", "hotels/a"]


async def test_hotels_with_nothing_that_fits_are_left_out(hotels: Hotels) -> None:
    await hotels.staff.ImportHotels(stream([a_listing("hotels/a"), a_listing("hotels/b", capacity=3)]))
    answer = await hotels.inside.PriceStays(asking("hotels/a", "hotels/b", guests=3))
    assert [prices.hotel for prices in answer.hotels] == ["hotels/b"]


@pytest.mark.parametrize("nights", [0, -1, 31])
async def test_a_stay_has_one_to_thirty_nights(hotels: Hotels, nights: int) -> None:
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as error:
        await hotels.inside.PriceStays(asking("hotels/a", nights=nights))
    assert error.fields == ["check_out"]


async def test_prices_are_for_services_only(hotels: Hotels) -> None:
    traveller = hotels.running.stub(HotelsServiceStub, token=hotels.running.token(scopes=["hotels.read"]))
    async with refused(grpc.StatusCode.PERMISSION_DENIED, "INTERNAL_METHOD"):
        await traveller.PriceStays(asking("hotels/a"))
