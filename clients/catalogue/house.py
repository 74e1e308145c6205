"""What can be booked at a hotel, made up: room types, rate plans, seasons, terms and taxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from google.type.dayofweek_pb2 import FRIDAY, SATURDAY
from google.type.latlng_pb2 import LatLng
from google.type.postal_address_pb2 import PostalAddress

from chassis.dates import from_date
from clients.catalogue.currencies import charged_in, price
from innkeeper.hotels.v1 import hotels_pb2

YEARS: Final = (2026, 2027, 2028, 2029)
EUROS_BY_STARS: Final = {2: 55.0, 3: 85.0, 4: 135.0, 5: 260.0}
SHARE_OF_NIGHTS: Final = {
    "AT": ("VAT", 1000),
    "CH": ("VAT", 380),
    "DE": ("VAT", 700),
    "ES": ("IVA", 1000),
    "FR": ("TVA", 1000),
    "GB": ("VAT", 2000),
    "IT": ("IVA", 1000),
    "JP": ("Consumption tax", 1000),
    "NL": ("BTW", 900),
    "US": ("Occupancy tax", 1475),
}
"""By country; the rates are roughly those of 2025."""

OTHER_SHARE: Final = ("VAT", 1000)
FLEXIBLE: Final = ((72, 100), (24, 50))
STRICT: Final = ((168, 50),)
NOTHING_BACK: Final = ((0, 0),)
AMENITIES: Final = tuple(number for number in hotels_pb2.Amenity.values() if number != hotels_pb2.AMENITY_UNSPECIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A hotel that has a name and a place, and nothing to book yet. `currency` is what people there pay with."""

    hotel_id: str
    display_name: str
    region_code: str
    city: str
    address_line: str
    latitude: float
    longitude: float
    time_zone: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """A kind of room, and what it costs compared to a double room."""

    id: str
    display_name: str
    capacity: int
    share: float


SINGLE: Final = _Room(id="single", display_name="Single room", capacity=1, share=0.75)
DOUBLE: Final = _Room(id="double", display_name="Double room", capacity=2, share=1.0)
FAMILY: Final = _Room(id="family", display_name="Family room", capacity=4, share=1.5)
SUITE: Final = _Room(id="suite", display_name="Suite", capacity=3, share=2.1)
HOUSES: Final = ((SINGLE, DOUBLE), (DOUBLE, FAMILY), (DOUBLE, SUITE), (SINGLE, DOUBLE, FAMILY), (DOUBLE, FAMILY, SUITE))


def listing(site: Site, random: Random) -> hotels_pb2.HotelListing:
    """The site with something to book. The same site and the same state of `random` give the same listing."""
    name = f"hotels/{site.hotel_id}"
    currency = charged_in(site.currency)
    stars = random.choices((2, 3, 4, 5), weights=(2, 4, 3, 1))[0]
    euros = EUROS_BY_STARS[stars] * random.uniform(0.7, 1.5)
    house = random.choice(HOUSES)
    return hotels_pb2.HotelListing(
        hotel=hotels_pb2.Hotel(
            name=name,
            display_name=site.display_name,
            address=PostalAddress(region_code=site.region_code, locality=site.city, address_lines=[site.address_line]),
            location=LatLng(latitude=site.latitude, longitude=site.longitude),
            time_zone=site.time_zone,
            stars=stars,
            amenities=sorted(random.sample(AMENITIES, random.randint(2, 3 + stars))),
            currency_code=currency,
            taxes=_taxes(site.region_code, currency, random),
        ),
        room_types=[
            hotels_pb2.RoomType(
                name=f"{name}/roomTypes/{room.id}",
                display_name=room.display_name,
                capacity=room.capacity,
                units=random.randint(2, 20),
            )
            for room in house
        ],
        rate_plans=list(_rate_plans(name, house, euros, currency, site.latitude, random)),
    )


def _rate_plans(
    hotel: str, house: tuple[_Room, ...], euros: float, currency: str, latitude: float, random: Random
) -> Iterator[hotels_pb2.RatePlan]:
    """A flexible plan for every room type; for the double room sometimes a cheaper one with nothing back."""
    busy_weekend = random.random() < 0.5
    breakfast = random.random() < 0.4
    flexible = random.choice((FLEXIBLE, STRICT, ()))
    plans = [(room, "flexible", "Flexible", 1.0, flexible) for room in house]
    if random.random() < 0.6:
        plans.append((DOUBLE, "saver", "Saver, nothing back", 0.85, NOTHING_BACK))
    for room, plan_id, display_name, factor, tiers in plans:
        night = euros * room.share * factor
        yield hotels_pb2.RatePlan(
            name=f"{hotel}/ratePlans/{room.id}-{plan_id}",
            room_type=f"{hotel}/roomTypes/{room.id}",
            display_name=f"{display_name}, with breakfast" if breakfast else display_name,
            board=hotels_pb2.BOARD_BED_AND_BREAKFAST if breakfast else hotels_pb2.BOARD_ROOM_ONLY,
            base_price=price(night, currency),
            weekday_prices=[
                hotels_pb2.WeekdayPrice(weekday=weekday, price=price(night * 1.15, currency))
                for weekday in (FRIDAY, SATURDAY)
                if busy_weekend
            ],
            seasons=list(_seasons(night, currency, latitude)),
            cancellation_tiers=[
                hotels_pb2.CancellationTier(hours_before_check_in=hours, refund_percent=percent)
                for hours, percent in tiers
            ],
        )


def _seasons(night: float, currency: str, latitude: float) -> Iterator[hotels_pb2.Season]:
    """Summer, which is in January south of the equator, and the turn of the year, which comes before it."""
    first_month = 7 if latitude >= 0 else 1
    for year in YEARS:
        for start, end, factor in (
            (date(year, first_month, 1), date(year, first_month + 2, 1), 1.25),
            (date(year, 12, 20), date(year + 1, 1, 7), 1.4),
        ):
            yield hotels_pb2.Season(
                start_date=from_date(start), end_date=from_date(end), price=price(night * factor, currency)
            )


def _taxes(region_code: str, currency: str, random: Random) -> list[hotels_pb2.Tax]:
    display_name, basis_points = SHARE_OF_NIGHTS.get(region_code, OTHER_SHARE)
    taxes = [hotels_pb2.Tax(display_name=display_name, basis_points=basis_points)]
    if random.random() < 0.6:
        taxes.append(hotels_pb2.Tax(display_name="City tax", per_guest_night=price(random.uniform(1, 5), currency)))
    if random.random() < 0.1:
        taxes.append(hotels_pb2.Tax(display_name="Final cleaning", per_stay=price(25, currency)))
    return taxes
