"""Making, reading and changing hotels, room types and rate plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money

from chassis.events.outbox import shown
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.hotels.v1.hotel_events_pb2 import HotelChanged
from tests.errors import refused
from tests.service.hotels.conftest import Hotels
from tests.service.hotels.requests import a_hotel, a_rate_plan, a_room_type, euros


async def create_hotel(hotels: Hotels, hotel_id: str = "sacher") -> hotels_pb2.Hotel:
    return await hotels.staff.CreateHotel(
        hotels_pb2.CreateHotelRequest(hotel=a_hotel(), hotel_id=hotel_id, request_id=str(uuid4()))
    )


async def create_room_type(hotels: Hotels, room_id: str = "double") -> hotels_pb2.RoomType:
    return await hotels.staff.CreateRoomType(
        hotels_pb2.CreateRoomTypeRequest(
            parent="hotels/sacher", room_type=a_room_type(), room_type_id=room_id, request_id=str(uuid4())
        )
    )


async def create_rate_plan(hotels: Hotels, plan: hotels_pb2.RatePlan, plan_id: str = "flex") -> hotels_pb2.RatePlan:
    return await hotels.staff.CreateRatePlan(
        hotels_pb2.CreateRatePlanRequest(
            parent="hotels/sacher", rate_plan=plan, rate_plan_id=plan_id, request_id=str(uuid4())
        )
    )


async def announced(hotels: Hotels) -> list[hotels_pb2.HotelListing]:
    """The listings that events have carried so far."""
    events = await hotels.running.database("hotels").read(lambda session: shown(session, "hotels", 0, 100))
    listings = []
    for event in events:
        changed = HotelChanged()
        assert event.payload.Unpack(changed)
        assert event.aggregate == changed.listing.hotel.name
        listings.append(changed.listing)
    return listings


async def test_what_is_made_can_be_read(hotels: Hotels) -> None:
    hotel = await create_hotel(hotels)
    room = await create_room_type(hotels)
    plan = await create_rate_plan(hotels, a_rate_plan(room.name))

    assert (hotel.name, room.name) == ("hotels/sacher", "hotels/sacher/roomTypes/double")
    assert plan.name == "hotels/sacher/ratePlans/flex"
    assert hotel == await hotels.public.GetHotel(hotels_pb2.GetHotelRequest(name=hotel.name))
    assert room == await hotels.public.GetRoomType(hotels_pb2.GetRoomTypeRequest(name=room.name))
    assert plan == await hotels.public.GetRatePlan(hotels_pb2.GetRatePlanRequest(name=plan.name))


async def test_a_name_is_chosen_where_none_is_given(hotels: Hotels) -> None:
    hotel = await create_hotel(hotels, hotel_id="")
    assert hotel == await hotels.public.GetHotel(hotels_pb2.GetHotelRequest(name=hotel.name))


async def test_every_change_announces_the_whole_listing(hotels: Hotels) -> None:
    hotel = await create_hotel(hotels)
    room = await create_room_type(hotels)
    plan = await create_rate_plan(hotels, a_rate_plan(room.name))

    assert await announced(hotels) == [
        hotels_pb2.HotelListing(hotel=hotel),
        hotels_pb2.HotelListing(hotel=hotel, room_types=[room]),
        hotels_pb2.HotelListing(hotel=hotel, room_types=[room], rate_plans=[plan]),
    ]


async def test_a_hotel_is_made_once(hotels: Hotels) -> None:
    request = hotels_pb2.CreateHotelRequest(hotel=a_hotel(), hotel_id="sacher", request_id=str(uuid4()))
    first = await hotels.staff.CreateHotel(request)

    assert await hotels.staff.CreateHotel(request) == first
    assert len(await announced(hotels)) == 1
    async with refused(grpc.StatusCode.ALREADY_EXISTS, "RESOURCE_EXISTS"):
        await create_hotel(hotels)


@pytest.mark.parametrize(
    ("call", "request_message"),
    [
        ("GetHotel", hotels_pb2.GetHotelRequest(name="hotels/none")),
        ("GetRoomType", hotels_pb2.GetRoomTypeRequest(name="hotels/none/roomTypes/none")),
        ("GetRatePlan", hotels_pb2.GetRatePlanRequest(name="hotels/none/ratePlans/none")),
        ("ListRoomTypes", hotels_pb2.ListRoomTypesRequest(parent="hotels/none")),
        ("ListRatePlans", hotels_pb2.ListRatePlansRequest(parent="hotels/none")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_not_there_is_not_found(hotels: Hotels, call: str, request_message: Any) -> None:
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await getattr(hotels.public, call)(request_message)


async def test_pages_go_through_all_hotels_by_name(hotels: Hotels) -> None:
    for hotel_id in ("c", "a", "e", "b", "d"):
        await create_hotel(hotels, hotel_id)
    names, token = [], ""
    while True:
        page = await hotels.public.ListHotels(hotels_pb2.ListHotelsRequest(page_size=2, page_token=token))
        names.append([hotel.name for hotel in page.hotels])
        token = page.next_page_token
        if not token:
            break
    assert names == [["hotels/a", "hotels/b"], ["hotels/c", "hotels/d"], ["hotels/e"]]


async def test_a_page_that_ends_the_list_says_so(hotels: Hotels) -> None:
    await create_hotel(hotels)
    await create_room_type(hotels, "a")
    await create_room_type(hotels, "b")
    request = hotels_pb2.ListRoomTypesRequest(parent="hotels/sacher", page_size=2)
    page = await hotels.public.ListRoomTypes(request)
    assert (len(page.room_types), page.next_page_token) == (2, "")


def update(hotel: hotels_pb2.Hotel, *paths: str) -> hotels_pb2.UpdateHotelRequest:
    return hotels_pb2.UpdateHotelRequest(
        hotel=hotel, update_mask=FieldMask(paths=paths) if paths else None, request_id=str(uuid4())
    )


async def test_the_mask_says_what_changes(hotels: Hotels) -> None:
    before = await create_hotel(hotels)
    wanted = hotels_pb2.Hotel(name=before.name, display_name="Neu", stars=5)

    after = await hotels.staff.UpdateHotel(update(wanted, "stars", "amenities"))

    assert (after.display_name, after.stars, list(after.amenities)) == (before.display_name, 5, [])
    assert after.etag != before.etag
    assert (await announced(hotels))[-1].hotel == after


async def test_without_a_mask_what_is_set_changes(hotels: Hotels) -> None:
    before = await create_hotel(hotels)
    after = await hotels.staff.UpdateHotel(update(hotels_pb2.Hotel(name=before.name, display_name="Neu")))
    assert (after.display_name, after.stars) == ("Neu", before.stars)


async def test_a_change_that_changes_nothing_is_none(hotels: Hotels) -> None:
    before = await create_hotel(hotels)
    assert await hotels.staff.UpdateHotel(update(before, "stars")) == before
    assert len(await announced(hotels)) == 1


async def test_a_stale_etag_is_refused(hotels: Hotels) -> None:
    before = await create_hotel(hotels)
    before.stars = 1
    await hotels.staff.UpdateHotel(update(before, "stars"))
    before.stars = 2
    async with refused(grpc.StatusCode.ABORTED, "ETAG_MISMATCH"):
        await hotels.staff.UpdateHotel(update(before, "stars"))


def to_dollars(hotel: hotels_pb2.Hotel) -> None:
    hotel.currency_code = hotel.taxes[1].per_guest_night.currency_code = "USD"


@pytest.mark.parametrize(
    ("spoil", "paths", "field"),
    [
        pytest.param(lambda hotel: hotel.ClearField("display_name"), ["display_name"], "display_name", id="no name"),
        pytest.param(lambda hotel: hotel.ClearField("location"), ["location"], "location", id="no location"),
        pytest.param(
            lambda hotel: hotel.location.CopyFrom(LatLng(latitude=91)), ["location"], "location.latitude", id="nowhere"
        ),
        pytest.param(lambda hotel: setattr(hotel, "time_zone", "Mars"), ["time_zone"], "time_zone", id="time zone"),
        pytest.param(to_dollars, [], "currency_code", id="currency"),
    ],
)
async def test_a_change_must_keep_the_rules(
    hotels: Hotels, spoil: Callable[[hotels_pb2.Hotel], None], paths: list[str], field: str
) -> None:
    wanted = await create_hotel(hotels)
    spoil(wanted)
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as error:
        await hotels.staff.UpdateHotel(update(wanted, *paths))
    assert [path.removeprefix("hotel.") for path in error.fields] == [field]


async def test_a_room_type_changes_and_counts_its_own_revisions(hotels: Hotels) -> None:
    await create_hotel(hotels)
    room = await create_room_type(hotels)
    room.units, room.capacity = 0, 9

    after = await hotels.staff.UpdateRoomType(
        hotels_pb2.UpdateRoomTypeRequest(
            room_type=room, update_mask=FieldMask(paths=["units"]), request_id=str(uuid4())
        )
    )

    assert (after.units, after.capacity, after.etag) == (0, 2, "2")
    assert list((await announced(hotels))[-1].room_types) == [after]


async def test_a_rate_plan_changes(hotels: Hotels) -> None:
    await create_hotel(hotels)
    room = await create_room_type(hotels)
    plan = await create_rate_plan(hotels, a_rate_plan(room.name))
    wanted = hotels_pb2.RatePlan(name=plan.name, base_price=euros(120))

    after = await hotels.staff.UpdateRatePlan(
        hotels_pb2.UpdateRatePlanRequest(
            rate_plan=wanted,
            update_mask=FieldMask(paths=["base_price", "cancellation_tiers"]),
            request_id=str(uuid4()),
        )
    )

    assert (after.base_price, list(after.cancellation_tiers), after.display_name) == (euros(120), [], "Flexible")


async def test_a_rate_plan_sells_its_room_type_for_good(hotels: Hotels) -> None:
    await create_hotel(hotels)
    room, other = await create_room_type(hotels), await create_room_type(hotels, "suite")
    plan = await create_rate_plan(hotels, a_rate_plan(room.name))
    plan.room_type = other.name
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"):
        await hotels.staff.UpdateRatePlan(hotels_pb2.UpdateRatePlanRequest(rate_plan=plan, request_id=str(uuid4())))


async def test_a_rate_plan_needs_its_room_type(hotels: Hotels) -> None:
    await create_hotel(hotels)
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await create_rate_plan(hotels, a_rate_plan("hotels/sacher/roomTypes/none"))
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as error:
        await create_rate_plan(hotels, a_rate_plan("hotels/other/roomTypes/double"))
    assert error.fields == ["rate_plan.room_type"]


async def test_prices_are_in_the_currency_of_the_hotel(hotels: Hotels) -> None:
    await create_hotel(hotels)
    room = await create_room_type(hotels)
    plan = a_rate_plan(room.name)
    plan.base_price.CopyFrom(Money(currency_code="USD", units=100))
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "CURRENCY_MISMATCH") as error:
        await create_rate_plan(hotels, plan)
    assert error.fields == ["rate_plan.base_price"]


async def test_a_currency_must_be_one(hotels: Hotels) -> None:
    hotel = a_hotel()
    hotel.currency_code = "XYZ"
    hotel.ClearField("taxes")
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as error:
        await hotels.staff.CreateHotel(hotels_pb2.CreateHotelRequest(hotel=hotel, request_id=str(uuid4())))
    assert error.fields == ["hotel.currency_code"]
