"""Between the catalogue's aggregates and their rows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from services.hotels.hotel import Address, Hotel
from services.hotels.rate_plan import CancellationTier, RatePlan, Season, WeekdayPrice
from services.hotels.room_type import RoomType
from services.hotels.tax import Basis, Tax


def hotel_row(hotel: Hotel) -> dict[str, Any]:
    """A hotel's row."""
    return {
        "name": hotel.name,
        "display_name": hotel.display_name,
        "address": {key: value for key, value in asdict(hotel.address).items() if value},
        "latitude": hotel.latitude,
        "longitude": hotel.longitude,
        "time_zone": hotel.time_zone,
        "stars": hotel.stars,
        "amenities": hotel.amenities,
        "currency_code": hotel.currency_code,
        "taxes": [[tax.display_name, tax.basis.value, tax.quantity] for tax in hotel.taxes],
        "create_time": hotel.create_time,
        "update_time": hotel.update_time,
        "revision": hotel.revision,
    }


def hotel_of(row: RowMapping) -> Hotel:
    """The hotel of a row."""
    address: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row["address"].items()
    }
    return Hotel(
        name=row["name"],
        display_name=row["display_name"],
        address=Address(**address),
        latitude=row["latitude"],
        longitude=row["longitude"],
        time_zone=row["time_zone"],
        stars=row["stars"],
        amenities=tuple(row["amenities"]),
        currency_code=row["currency_code"],
        taxes=tuple(
            Tax(display_name=name, basis=Basis(basis), quantity=quantity) for name, basis, quantity in row["taxes"]
        ),
        create_time=row["create_time"],
        update_time=row["update_time"],
        revision=row["revision"],
    )


def room_type_row(room_type: RoomType) -> dict[str, Any]:
    """A room type's row."""
    return {
        "name": room_type.name,
        "hotel": room_type.hotel,
        "display_name": room_type.display_name,
        "capacity": room_type.capacity,
        "units": room_type.units,
        "revision": room_type.revision,
    }


def room_type_of(row: RowMapping) -> RoomType:
    """The room type of a row."""
    return RoomType(
        name=row["name"],
        display_name=row["display_name"],
        capacity=row["capacity"],
        units=row["units"],
        revision=row["revision"],
    )


def rate_plan_row(plan: RatePlan) -> dict[str, Any]:
    """A rate plan's row."""
    return {
        "name": plan.name,
        "hotel": plan.hotel,
        "room_type": plan.room_type,
        "display_name": plan.display_name,
        "board": plan.board,
        "base_price": plan.base_price,
        "weekday_prices": [[special.weekday, special.price] for special in plan.weekday_prices],
        "seasons": [[season.start.isoformat(), season.end.isoformat(), season.price] for season in plan.seasons],
        "cancellation_tiers": [[tier.hours, tier.refund_percent] for tier in plan.cancellation_tiers],
        "revision": plan.revision,
    }


def rate_plan_of(row: RowMapping) -> RatePlan:
    """The rate plan of a row."""
    return RatePlan(
        name=row["name"],
        room_type=row["room_type"],
        display_name=row["display_name"],
        board=row["board"],
        base_price=row["base_price"],
        weekday_prices=tuple(WeekdayPrice(weekday, price) for weekday, price in row["weekday_prices"]),
        seasons=tuple(
            Season(date.fromisoformat(start), date.fromisoformat(end), price) for start, end, price in row["seasons"]
        ),
        cancellation_tiers=tuple(CancellationTier(hours, percent) for hours, percent in row["cancellation_tiers"]),
        revision=row["revision"],
    )
