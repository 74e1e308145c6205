"""Requests for tests of the hotels service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import uuid4

from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money
from google.type.postal_address_pb2 import PostalAddress

from innkeeper.hotels.v1 import hotels_pb2


def a_hotel(name: str = "", city: str = "Wien", location: tuple[float, float] = (48.2, 16.37)) -> hotels_pb2.Hotel:
    """A hotel in Vienna, or elsewhere in that time zone."""
    latitude, longitude = location
    return hotels_pb2.Hotel(
        name=name,
        display_name="Zum Beispiel",
        address=PostalAddress(region_code="AT", locality=city, address_lines=["Am Graben 1"]),
        location=LatLng(latitude=latitude, longitude=longitude),
        time_zone="Europe/Vienna",
        stars=4,
        amenities=[hotels_pb2.AMENITY_WIFI, hotels_pb2.AMENITY_BAR],
        currency_code="EUR",
        taxes=[
            hotels_pb2.Tax(display_name="VAT", basis_points=1000),
            hotels_pb2.Tax(display_name="City tax", per_guest_night=euros(2)),
        ],
    )


def euros(units: int) -> Money:
    """So many euros."""
    return Money(currency_code="EUR", units=units)


def a_room_type(name: str = "", capacity: int = 2, units: int = 5) -> hotels_pb2.RoomType:
    """A double room."""
    return hotels_pb2.RoomType(name=name, display_name="Double room", capacity=capacity, units=units)


def a_rate_plan(room_type: str, name: str = "", price: int = 100) -> hotels_pb2.RatePlan:
    """So many euros a night, free cancellation until the day before."""
    return hotels_pb2.RatePlan(
        name=name,
        room_type=room_type,
        display_name="Flexible",
        board=hotels_pb2.BOARD_BED_AND_BREAKFAST,
        base_price=euros(price),
        cancellation_tiers=[hotels_pb2.CancellationTier(hours_before_check_in=24, refund_percent=100)],
    )


def a_listing(
    hotel: str,
    *,
    price: int = 100,
    units: int = 5,
    capacity: int = 2,
    location: tuple[float, float] = (48.2, 16.37),
) -> hotels_pb2.HotelListing:
    """A hotel with one room type and one rate plan."""
    room = f"{hotel}/roomTypes/double"
    return hotels_pb2.HotelListing(
        hotel=a_hotel(hotel, location=location),
        room_types=[a_room_type(room, capacity, units)],
        rate_plans=[a_rate_plan(room, f"{hotel}/ratePlans/flexible", price)],
    )


def stream(listings: Iterable[hotels_pb2.HotelListing]) -> Iterator[hotels_pb2.ImportHotelsRequest]:
    """The messages of an import."""
    for listing in listings:
        yield hotels_pb2.ImportHotelsRequest(listing=listing, request_id=str(uuid4()))
