"""Searches for hotels: what they find, in which order, and what they refuse."""

from __future__ import annotations

from datetime import date
from itertools import chain

import grpc
import pytest
from google.type.latlng_pb2 import LatLng

from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.search.v1 import search_pb2
from tests.errors import refused
from tests.service.hotels.requests import a_listing, a_rate_plan, a_room_type, euros
from tests.service.search.conftest import NIGHT, Search, asking, night

CENTRE = (48.20849, 16.37208)
VIENNA = "places/2761369"


def vienna(
    name: str, *, north: float = 0.0, price: int = 100, units: int = 5, capacity: int = 2
) -> hotels_pb2.HotelListing:
    """A hotel so many degrees north of the middle of Vienna."""
    location = (CENTRE[0] + north, CENTRE[1])
    return a_listing(f"hotels/{name}", price=price, units=units, capacity=capacity, location=location)


async def test_an_offer_says_what_the_guest_wants_to_know(search: Search) -> None:
    await search.list_hotels(vienna("a", north=0.01))

    answer = await search.public.SearchHotels(asking())

    (offer,) = answer.offers
    assert (offer.hotel, offer.display_name, offer.stars) == ("hotels/a", "Zum Beispiel", 4)
    assert (offer.room_type, offer.rate_plan) == ("hotels/a/roomTypes/double", "hotels/a/ratePlans/flexible")
    assert offer.total == euros(228)
    assert offer.free_rooms == 5
    assert offer.location == LatLng(latitude=CENTRE[0] + 0.01, longitude=CENTRE[1])
    assert offer.distance_meters == 1112
    assert answer.next_page_token == ""
    assert (answer.place.name, answer.place.display_name, answer.place.region_code) == (VIENNA, "Vienna", "AT")
    assert (answer.place.time_zone, answer.place.administrative_area) == ("Europe/Vienna", "09")
    assert answer.place.population > 1_000_000
    assert [(place.display_name, place.region_code) for place in answer.candidates] == [("Vienna", "US")]


@pytest.mark.parametrize(
    "area",
    [
        {"city": "Wien"},
        {"city": "维也纳"},
        {"city": "vienna", "region_code": "AT"},
        {"place": VIENNA},
        {"location": LatLng(latitude=48.2, longitude=16.4)},
    ],
    ids=["Wien", "Chinese", "region", "place", "location"],
)
async def test_an_area_can_be_given_in_several_ways(search: Search, area: dict[str, object]) -> None:
    await search.list_hotels(vienna("a"), a_listing("hotels/graz", location=(47.07, 15.44)))
    assert await search.names(asking(**area)) == ["a"]


async def test_an_ambiguous_name_is_answered_by_the_cities_to_choose_from(search: Search) -> None:
    answer = await search.public.SearchHotels(asking(city="Springfield"))
    assert not answer.HasField("place")
    assert not answer.offers
    assert len(answer.candidates) > 3

    chosen = await search.public.SearchHotels(asking(place=answer.candidates[0].name))
    assert chosen.place == answer.candidates[0]
    assert not chosen.candidates


@pytest.mark.parametrize(
    "area",
    [{"city": "Veinna"}, {"city": "Vienna", "region_code": "FR"}, {"place": "places/1"}],
    ids=["misspelt", "another country", "no such id"],
)
async def test_a_place_that_is_none_is_not_found(search: Search, area: dict[str, str]) -> None:
    async with refused(grpc.StatusCode.NOT_FOUND, "PLACE_NOT_FOUND"):
        await search.public.SearchHotels(asking(**area))


async def test_the_cheapest_comes_first_then_the_nearest(search: Search) -> None:
    await search.list_hotels(
        vienna("far", north=0.02, price=90),
        vienna("dear", price=200),
        vienna("near", north=-0.01, price=90),
        vienna("cheap", north=0.03, price=80),
    )
    assert await search.names(asking()) == ["cheap", "near", "far", "dear"]


async def test_the_radius_ends_the_search(search: Search) -> None:
    await search.list_hotels(vienna("near"), vienna("edge", north=0.134), vienna("out", north=0.136))
    assert await search.names(asking()) == ["near", "edge"]
    assert await search.names(asking(radius_meters=5000)) == ["near"]
    assert await search.names(asking(radius_meters=30_000)) == ["near", "edge", "out"]


async def test_hotels_are_found_over_the_date_line(search: Search) -> None:
    await search.list_hotels(
        a_listing("hotels/west", location=(-16.8, 179.95)), a_listing("hotels/east", location=(-16.8, -179.95))
    )
    assert await search.names(asking(location=LatLng(latitude=-16.8, longitude=180))) == ["east", "west"]


async def test_pages_show_every_offer_once_and_in_order(search: Search) -> None:
    await search.list_hotels(*(vienna(f"h{index}", price=100 + index % 3, north=index / 1000) for index in range(10)))
    whole = await search.names(asking())
    paged, request = [], asking()
    request.page_size = 3
    while True:
        answer = await search.public.SearchHotels(request)
        paged.append([offer.hotel.removeprefix("hotels/") for offer in answer.offers])
        request.page_token = answer.next_page_token
        if not request.page_token:
            break
    assert [len(page) for page in paged] == [3, 3, 3, 1]
    assert list(chain.from_iterable(paged)) == whole


async def test_a_page_token_is_for_its_own_search(search: Search) -> None:
    await search.list_hotels(vienna("a"), vienna("b"))
    request = asking()
    request.page_size = 1
    token = (await search.public.SearchHotels(request)).next_page_token
    other = asking(guests=1)
    other.page_token = token
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"):
        await search.public.SearchHotels(other)


async def test_a_room_must_be_free_every_night(search: Search) -> None:
    await search.list_hotels(vienna("a", units=2))
    double = "hotels/a/roomTypes/double"

    await search.sell(double, {night(1): 1})
    (offer,) = (await search.public.SearchHotels(asking())).offers
    assert offer.free_rooms == 1

    await search.sell(double, {night(1): 2, night(2): 2})
    assert await search.names(asking()) == []
    assert await search.names(asking(nights=1)) == ["a"]
    assert await search.names(asking(check_in=night(3))) == ["a"]

    await search.sell(double, {night(1): 0})
    assert await search.names(asking()) == ["a"]


async def test_the_cheapest_room_that_is_free_is_offered(search: Search) -> None:
    listing = vienna("a")
    attic = "hotels/a/roomTypes/attic"
    listing.room_types.append(a_room_type(attic, units=1))
    listing.rate_plans.append(a_rate_plan(attic, "hotels/a/ratePlans/attic", 50))
    await search.list_hotels(listing)

    (cheap,) = (await search.public.SearchHotels(asking())).offers
    await search.sell(attic, {NIGHT: 1})
    (dear,) = (await search.public.SearchHotels(asking())).offers

    assert (cheap.room_type, cheap.free_rooms) == (attic, 1)
    assert (dear.room_type, dear.free_rooms) == ("hotels/a/roomTypes/double", 5)


async def test_a_room_must_take_the_guests(search: Search) -> None:
    await search.list_hotels(vienna("two"), vienna("four", capacity=4))
    assert await search.names(asking(guests=3)) == ["four"]


async def test_a_hotel_that_changes_is_found_as_it_is_now(search: Search) -> None:
    await search.list_hotels(vienna("a"))
    await search.list_hotels(vienna("a", units=0, price=90))
    assert await search.names(asking()) == []
    moved = vienna("a", north=5)
    await search.list_hotels(moved)
    assert await search.names(asking()) == []


@pytest.mark.parametrize(
    ("request_message", "field"),
    [
        pytest.param(asking(nights=0), "check_out", id="no night"),
        pytest.param(asking(nights=31), "check_out", id="thirty-one nights"),
        pytest.param(asking(check_in=night(-32)), "check_in", id="the day before yesterday"),
        pytest.param(asking(check_in=night(475)), "check_in", id="more than 500 days ahead"),
        pytest.param(asking(check_in=date(1, 1, 1)), "check_in", id="long ago"),
        pytest.param(
            asking(check_in=night(-32), location=LatLng(latitude=48.2)),
            "check_in",
            id="the day before yesterday, anywhere",
        ),
    ],
)
async def test_dates_must_make_sense(
    search: Search, request_message: search_pb2.SearchHotelsRequest, field: str
) -> None:
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as error:
        await search.public.SearchHotels(request_message)
    assert error.fields == [field]
