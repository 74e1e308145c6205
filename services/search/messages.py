"""Places and offers in the words of the contract."""

from __future__ import annotations

from google.type.latlng_pb2 import LatLng

from chassis.money import from_minor
from innkeeper.search.v1 import search_pb2
from services.search.gazetteer import Place
from services.search.geo import Point
from services.search.offers import Offer


def place_message(place: Place) -> search_pb2.Place:
    """A city as callers see it."""
    return search_pb2.Place(
        name=f"places/{place.id}",
        display_name=place.display_name,
        region_code=place.region_code,
        administrative_area=place.administrative_area,
        location=_location(Point(place.latitude, place.longitude)),
        population=place.population,
        time_zone=place.time_zone,
    )


def offer_message(offer: Offer) -> search_pb2.Offer:
    """An offer as callers see it."""
    return search_pb2.Offer(
        hotel=offer.hotel.name,
        display_name=offer.hotel.display_name,
        location=_location(offer.hotel.location),
        distance_meters=offer.distance,
        stars=offer.hotel.stars,
        room_type=offer.room_type,
        rate_plan=offer.rate_plan,
        total=from_minor(offer.total, offer.currency),
        free_rooms=offer.free_rooms,
    )


def _location(point: Point) -> LatLng:
    return LatLng(latitude=point.latitude, longitude=point.longitude)
