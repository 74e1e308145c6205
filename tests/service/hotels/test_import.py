"""Imports: what they make, change, leave alone and refuse."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from chassis.storage.tables import OUTBOX
from innkeeper.hotels.v1 import hotels_pb2
from tests.service.hotels.conftest import Hotels
from tests.service.hotels.requests import a_listing, stream


def counts(answer: hotels_pb2.ImportHotelsResponse) -> tuple[int, int, int, int]:
    return answer.created_count, answer.updated_count, answer.unchanged_count, answer.refused_count


async def events(hotels: Hotels) -> int:
    count = select(func.count()).select_from(OUTBOX)
    return await hotels.running.database("hotels").read(lambda session: session.execute(count).scalar_one())


async def test_an_import_makes_changes_and_leaves_alone(hotels: Hotels) -> None:
    listings = [a_listing(f"hotels/h{index}") for index in range(250)]
    assert counts(await hotels.staff.ImportHotels(stream(listings))) == (250, 0, 0, 0)

    listings[3].hotel.stars = 1
    listings[200].rate_plans[0].base_price.units += 1
    listings.append(a_listing("hotels/new"))

    assert counts(await hotels.staff.ImportHotels(stream(listings))) == (1, 2, 248, 0)
    assert await events(hotels) == 253
    assert counts(await hotels.staff.ImportHotels(stream(listings))) == (0, 0, 251, 0)
    assert await events(hotels) == 253


async def test_a_listing_replaces_the_hotel(hotels: Hotels) -> None:
    listing = a_listing("hotels/a")
    await hotels.staff.ImportHotels(stream([listing]))
    listing.room_types[0].name = "hotels/a/roomTypes/suite"
    listing.rate_plans[0].room_type = "hotels/a/roomTypes/suite"
    await hotels.staff.ImportHotels(stream([listing]))

    rooms = await hotels.public.ListRoomTypes(hotels_pb2.ListRoomTypesRequest(parent="hotels/a"))

    assert [room.name for room in rooms.room_types] == ["hotels/a/roomTypes/suite"]


async def test_the_last_of_two_listings_of_one_hotel_counts(hotels: Hotels) -> None:
    answer = await hotels.staff.ImportHotels(stream([a_listing("hotels/a", units=1), a_listing("hotels/a", units=2)]))
    room = await hotels.public.GetRoomType(hotels_pb2.GetRoomTypeRequest(name="hotels/a/roomTypes/double"))
    assert counts(answer) == (1, 1, 0, 0)
    assert room.units == 2


async def test_what_breaks_a_rule_is_named_and_stops_nobody(hotels: Hotels) -> None:
    await hotels.staff.ImportHotels(stream([a_listing("hotels/held")]))
    listings = [a_listing(f"hotels/h{index}") for index in range(6)]
    listings[1].hotel.stars = 9
    listings[2].hotel.time_zone = "Mars/Olympus"
    listings[3].rate_plans[0].base_price.currency_code = "USD"
    listings[4].hotel.ClearField("name")
    moved = a_listing("hotels/held")
    moved.hotel.currency_code = "USD"
    moved.hotel.ClearField("taxes")
    moved.rate_plans[0].base_price.currency_code = "USD"

    answer = await hotels.staff.ImportHotels(stream([*listings, moved]))

    assert counts(answer) == (2, 0, 0, 5)
    assert [(refused.position, refused.hotel) for refused in answer.refused] == [
        (2, "hotels/h1"),
        (3, "hotels/h2"),
        (4, "hotels/h3"),
        (5, ""),
        (7, "hotels/held"),
    ]
    for refused, field in zip(
        answer.refused,
        ("hotel.stars", "hotel.time_zone", "rate_plans[0].base_price", "hotel.name", "hotel.currency_code"),
        strict=True,
    ):
        assert field in refused.message


async def test_the_answer_names_a_hundred_refused_listings_and_counts_all(hotels: Hotels) -> None:
    answer = await hotels.staff.ImportHotels(stream([hotels_pb2.HotelListing()] * 130))
    assert (len(answer.refused), answer.refused_count) == (100, 130)


async def test_nothing_is_imported_from_nothing(hotels: Hotels) -> None:
    assert counts(await hotels.staff.ImportHotels(stream([]))) == (0, 0, 0, 0)


@pytest.mark.timeout(30)
async def test_two_thousand_listings_take_seconds(hotels: Hotels) -> None:
    listings = [a_listing(f"hotels/h{index}") for index in range(2000)]
    start = time.monotonic()
    answer = await hotels.staff.ImportHotels(stream(listings))
    assert counts(answer) == (2000, 0, 0, 0)
    assert time.monotonic() - start < 10
