"""Made-up hotels: always the same, everywhere on earth, and by the rules of the catalogue."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from hashlib import sha256

import pytest

from chassis.validation import check
from clients.catalogue.contact import with_contacts
from clients.catalogue.demo import demo_listings
from clients.catalogue.places import local_currencies, world_cities
from innkeeper.hotels.v1.hotels_pb2 import HotelListing
from services.hotels.messages import to_listing
from services.search.geo import Point, distance
from tests.unit.hotels.listings import NOW

MOST_GROWTH = 30 * 2**20
"""Bytes; the gazetteer alone would be 60 MB."""


@pytest.fixture(scope="module")
def listings() -> list[HotelListing]:
    return list(demo_listings())


def digest(listings: list[HotelListing]) -> str:
    return sha256(b"".join(each.SerializeToString(deterministic=True) for each in listings)).hexdigest()


def test_there_are_two_thousand_in_two_hundred_cities(listings: list[HotelListing]) -> None:
    cities = Counter((each.hotel.address.region_code, each.hotel.address.locality) for each in listings)
    assert len({each.hotel.name for each in listings}) == 2000
    assert len(cities) == 200
    assert set(cities.values()) == {10}
    assert {("AT", "Vienna"), ("FR", "Paris"), ("GB", "London"), ("JP", "Tokyo"), ("US", "New York City")} <= set(
        cities
    )


def test_the_same_seed_makes_the_same_bytes(listings: list[HotelListing]) -> None:
    assert digest(list(demo_listings())) == digest(listings)
    assert digest(list(demo_listings(seed=1))) != digest(listings)


def test_every_listing_keeps_the_rules(listings: list[HotelListing]) -> None:
    for each in listings:
        check(each)
        to_listing(each, now=NOW)


def test_every_contact_keeps_the_rules_and_is_nobodys(listings: list[HotelListing]) -> None:
    for hotel in with_contacts(listings):
        check(hotel.contact)
        assert hotel.contact.name == f"{hotel.listing.hotel.name}/contact"
        assert hotel.contact.email.endswith(".example")
        assert hotel.contact.fallback_email.endswith(".example")
        assert hotel.contact.language_code


def test_there_is_something_to_choose_from(listings: list[HotelListing]) -> None:
    assert {len(each.room_types) for each in listings} == {2, 3}
    assert {len(each.rate_plans) for each in listings} == {2, 3, 4}
    assert {each.hotel.stars for each in listings} == {2, 3, 4, 5}
    assert len({each.hotel.currency_code for each in listings}) > 20
    assert len({each.hotel.time_zone for each in listings}) > 50
    assert all(room.units > 0 for each in listings for room in each.room_types)


def test_hotels_stand_in_their_cities(listings: list[HotelListing]) -> None:
    middles = {(city.region_code, city.name): Point(city.latitude, city.longitude) for city in world_cities(200)}
    for each in listings:
        middle = middles[each.hotel.address.region_code, each.hotel.address.locality]
        assert distance(middle, Point(each.hotel.location.latitude, each.hotel.location.longitude)) < 8100


def test_hotels_of_the_euro_countries_take_euros(listings: list[HotelListing]) -> None:
    local = local_currencies()
    for each in listings:
        if local[each.hotel.address.region_code] == "EUR":
            assert each.hotel.currency_code == "EUR"


@pytest.mark.parametrize(
    ("hotels", "cities", "expected"),
    [
        pytest.param(0, 200, 0, id="none"),
        pytest.param(7, 0, 0, id="nowhere"),
        pytest.param(3, 200, 3, id="fewer hotels than cities"),
        pytest.param(25, 10, 25, id="an uneven share"),
        pytest.param(1500, 100_000, 1500, id="more cities than there are"),
    ],
)
def test_there_are_as_many_as_asked(hotels: int, cities: int, expected: int) -> None:
    made = [each.hotel.name for each in demo_listings(hotels=hotels, cities=cities)]
    assert len(made) == len(set(made)) == expected


GROWTH = """
import psutil
from clients.catalogue.demo import demo_listings

before = psutil.Process().memory_info().rss
listings = demo_listings()
made = [next(listings) for _ in range(10)]
print(psutil.Process().memory_info().rss - before)
"""


def test_the_gazetteer_does_not_stay_in_memory() -> None:
    """In a process of its own, whose memory is not that of other tests."""
    grown = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True)
    assert int(grown.stdout) < MOST_GROWTH
