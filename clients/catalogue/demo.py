"""Made-up hotels in the large cities of the world: with the same seed the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import cos, pi, radians, sin, sqrt
from random import Random

from clients.catalogue.house import Site, listing
from clients.catalogue.places import METRES_PER_DEGREE, local_currencies, slug, world_cities
from clients.catalogue.words import hotel_name, street
from innkeeper.hotels.v1.hotels_pb2 import HotelListing
from services.search.geonames import City

FURTHEST_OUT = 8000.0
"""Metres from the middle of the city, within the radius that a search has where it says none."""


def demo_listings(*, seed: int = 2026, hotels: int = 2000, cities: int = 200) -> Iterator[HotelListing]:
    """So many hotels, spread evenly over so many cities; with the same seed and numbers byte for byte the same."""
    chosen = _by_key(world_cities(min(cities, hotels)))
    currencies = local_currencies()
    for number in range(hotels if chosen else 0):
        key, city = chosen[number % len(chosen)]
        hotel_id = f"{key}-{number // len(chosen) + 1}"
        random = Random(f"{seed}:{hotel_id}")  # noqa: S311 - made up, and made up again the same
        yield listing(_site(hotel_id, city, currencies[city.region_code], random), random)


def _by_key(cities: Iterable[City]) -> list[tuple[str, City]]:
    """Each city with what the names of its hotels begin with, which is its alone."""
    keys: dict[str, City] = {}
    for city in cities:
        key = f"{slug(city.name)[:30] or 'city'}-{city.region_code.lower()}"
        keys[f"{key}-{city.id}" if key in keys else key] = city
    return list(keys.items())


def _site(hotel_id: str, city: City, currency: str, random: Random) -> Site:
    """Somewhere around the middle of the city, every spot as likely as another."""
    metres = FURTHEST_OUT * sqrt(random.random())
    bearing = 2 * pi * random.random()
    north = metres * cos(bearing) / METRES_PER_DEGREE
    east = metres * sin(bearing) / METRES_PER_DEGREE / cos(radians(city.latitude))
    return Site(
        hotel_id=hotel_id,
        display_name=hotel_name(random, city.name),
        region_code=city.region_code,
        city=city.name,
        address_line=street(random),
        latitude=round(city.latitude + north, 5),
        longitude=round((city.longitude + east + 180) % 360 - 180, 5),
        time_zone=city.time_zone,
        currency=currency,
    )
