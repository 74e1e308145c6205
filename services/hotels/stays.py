"""Prices of a stay at many hotels at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.storage.session import Session
from services.hotels import store
from services.hotels.listing import Listing
from services.hotels.pricing import Stay, StayPrice, price_of, start_of_day


def price_stays(session: Session, hotels: Sequence[str], stay: Stay) -> Iterator[tuple[Listing, list[StayPrice]]]:
    """Each hotel that has something that fits, in the order asked, with its prices, the cheapest first."""
    listings = store.listings(session, hotels)
    nights = stay.nights
    day_starts: dict[str, datetime] = {}
    for listing in (listings[name] for name in dict.fromkeys(hotels) if name in listings):
        hotel = listing.hotel
        fitting = {room_type.name for room_type in listing.room_types if room_type.capacity >= stay.guests}
        plans = [plan for plan in listing.rate_plans if plan.room_type in fitting]
        if not plans:
            continue
        if hotel.time_zone not in day_starts:
            day_starts[hotel.time_zone] = start_of_day(stay.check_in, ZoneInfo(hotel.time_zone))
        day_start = day_starts[hotel.time_zone]
        prices = [price_of(plan, hotel.taxes, nights=nights, guests=stay.guests, day_start=day_start) for plan in plans]
        yield listing, sorted(prices, key=lambda price: (price.total, price.plan.name))
