"""The catalogue in the words of the contract, and back."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import cast

from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money
from google.type.postal_address_pb2 import PostalAddress

from chassis.dates import from_date, to_date, to_timestamp
from chassis.etag import etag_of
from chassis.money import exponent, from_minor, to_minor
from chassis.refusal import InvalidField
from innkeeper.hotels.v1 import contacts_pb2, hotels_pb2
from services.hotels.contact import Contact
from services.hotels.currency import priced
from services.hotels.hotel import Address, Hotel
from services.hotels.listing import Listing
from services.hotels.rate_plan import CancellationTier, RatePlan, Season, WeekdayPrice
from services.hotels.room_type import RoomType
from services.hotels.tax import Basis, Tax


def hotel_message(hotel: Hotel) -> hotels_pb2.Hotel:
    """The hotel as callers see it."""
    address = {field.name: getattr(hotel.address, field.name) for field in fields(Address)}
    return hotels_pb2.Hotel(
        name=hotel.name,
        display_name=hotel.display_name,
        address=PostalAddress(**address),
        location=LatLng(latitude=hotel.latitude, longitude=hotel.longitude),
        time_zone=hotel.time_zone,
        stars=hotel.stars,
        amenities=cast("list[hotels_pb2.Amenity.ValueType]", hotel.amenities),
        currency_code=hotel.currency_code,
        taxes=[_tax_message(tax, hotel.currency_code) for tax in hotel.taxes],
        create_time=to_timestamp(hotel.create_time),
        update_time=to_timestamp(hotel.update_time),
        etag=etag_of(hotel),
    )


def to_hotel(message: hotels_pb2.Hotel, *, name: str, now: datetime, path: str) -> Hotel:
    """What a request says of a hotel, as of now; `path` is where the request says it.

    Raises InvalidField for what is missing or breaks a rule, and CurrencyMismatch.
    """
    for required in ("address", "location"):
        if not message.HasField(required):
            raise InvalidField(f"{path}.{required}", "is required")
    try:
        exponent(message.currency_code)
    except ValueError:
        raise InvalidField(f"{path}.currency_code", "must be a currency of ISO 4217, such as EUR") from None
    hotel = Hotel(
        name=name,
        display_name=message.display_name,
        address=_to_address(message.address),
        latitude=message.location.latitude,
        longitude=message.location.longitude,
        time_zone=message.time_zone,
        stars=message.stars,
        amenities=tuple(message.amenities),
        currency_code=message.currency_code,
        taxes=tuple(
            _to_tax(tax, message.currency_code, f"{path}.taxes[{index}]") for index, tax in enumerate(message.taxes)
        ),
        create_time=now,
        update_time=now,
    )
    hotel.check(path)
    return hotel


def contact_message(contact: Contact) -> contacts_pb2.HotelContact:
    """The contact as staff and services see it."""
    return contacts_pb2.HotelContact(
        name=contact.name,
        email=contact.email,
        fallback_email=contact.fallback_email,
        language_code=contact.language_code,
        etag=etag_of(contact),
    )


def to_contact(message: contacts_pb2.HotelContact, *, hotel: str) -> Contact:
    """What a request says of how a hotel's people are reached."""
    return Contact(
        hotel=hotel,
        email=message.email,
        fallback_email=message.fallback_email,
        language_code=message.language_code,
    )


def room_type_message(room_type: RoomType) -> hotels_pb2.RoomType:
    """The room type as callers see it."""
    return hotels_pb2.RoomType(
        name=room_type.name,
        display_name=room_type.display_name,
        capacity=room_type.capacity,
        units=room_type.units,
        etag=etag_of(room_type),
    )


def to_room_type(message: hotels_pb2.RoomType, *, name: str, path: str) -> RoomType:
    """What a request says of a room type. Raises InvalidField for what breaks a rule."""
    room_type = RoomType(name=name, display_name=message.display_name, capacity=message.capacity, units=message.units)
    room_type.check(path)
    return room_type


def rate_plan_message(plan: RatePlan, currency: str) -> hotels_pb2.RatePlan:
    """The rate plan as callers see it."""
    return hotels_pb2.RatePlan(
        name=plan.name,
        room_type=plan.room_type,
        display_name=plan.display_name,
        board=cast("hotels_pb2.Board.ValueType", plan.board),
        base_price=from_minor(plan.base_price, currency),
        weekday_prices=[
            hotels_pb2.WeekdayPrice(weekday=special.weekday, price=from_minor(special.price, currency))
            for special in plan.weekday_prices
        ],
        seasons=[
            hotels_pb2.Season(
                start_date=from_date(season.start),
                end_date=from_date(season.end),
                price=from_minor(season.price, currency),
            )
            for season in plan.seasons
        ],
        cancellation_tiers=[
            hotels_pb2.CancellationTier(hours_before_check_in=tier.hours, refund_percent=tier.refund_percent)
            for tier in plan.cancellation_tiers
        ],
        etag=etag_of(plan),
    )


def to_rate_plan(message: hotels_pb2.RatePlan, *, name: str, currency: str, path: str) -> RatePlan:
    """What a request says of a rate plan of a hotel with that currency.

    Raises InvalidField for what is missing or breaks a rule, and CurrencyMismatch.
    """
    if not message.HasField("base_price"):
        raise InvalidField(f"{path}.base_price", "is required")
    plan = RatePlan(
        name=name,
        room_type=message.room_type,
        display_name=message.display_name,
        board=message.board,
        base_price=_to_amount(message.base_price, currency, f"{path}.base_price"),
        weekday_prices=tuple(
            WeekdayPrice(special.weekday, _to_amount(special.price, currency, f"{path}.weekday_prices[{index}].price"))
            for index, special in enumerate(message.weekday_prices)
        ),
        seasons=tuple(
            Season(
                to_date(season.start_date),
                to_date(season.end_date),
                _to_amount(season.price, currency, f"{path}.seasons[{index}].price"),
            )
            for index, season in enumerate(message.seasons)
        ),
        cancellation_tiers=tuple(
            CancellationTier(tier.hours_before_check_in, tier.refund_percent) for tier in message.cancellation_tiers
        ),
    )
    plan.check(path)
    return plan


def listing_message(listing: Listing) -> hotels_pb2.HotelListing:
    """The whole listing as readers of events see it."""
    return hotels_pb2.HotelListing(
        hotel=hotel_message(listing.hotel),
        room_types=[room_type_message(part) for part in listing.room_types],
        rate_plans=[rate_plan_message(part, listing.hotel.currency_code) for part in listing.rate_plans],
    )


def to_listing(message: hotels_pb2.HotelListing, *, now: datetime) -> Listing:
    """What an import says of a hotel. Raises InvalidField for what is missing or breaks a rule; CurrencyMismatch."""
    currency = message.hotel.currency_code
    listing = Listing(
        hotel=to_hotel(message.hotel, name=message.hotel.name, now=now, path="hotel"),
        room_types=tuple(
            to_room_type(part, name=part.name, path=f"room_types[{index}]")
            for index, part in enumerate(message.room_types)
        ),
        rate_plans=tuple(
            to_rate_plan(part, name=part.name, currency=currency, path=f"rate_plans[{index}]")
            for index, part in enumerate(message.rate_plans)
        ),
    )
    listing.check()
    return listing


def _to_amount(money: Money, currency: str, field: str) -> int:
    return priced(to_minor(money), money.currency_code, hotel_currency=currency, field=field)


def _to_address(message: PostalAddress) -> Address:
    values = {field.name: getattr(message, field.name) for field in fields(Address)}
    lists = {"address_lines": tuple(message.address_lines), "recipients": tuple(message.recipients)}
    return Address(**values | lists)


def _tax_message(tax: Tax, currency: str) -> hotels_pb2.Tax:
    if tax.basis is Basis.SHARE:
        return hotels_pb2.Tax(display_name=tax.display_name, basis_points=tax.quantity)
    amount = from_minor(tax.quantity, currency)
    if tax.basis is Basis.GUEST_NIGHT:
        return hotels_pb2.Tax(display_name=tax.display_name, per_guest_night=amount)
    return hotels_pb2.Tax(display_name=tax.display_name, per_stay=amount)


def _to_tax(message: hotels_pb2.Tax, currency: str, path: str) -> Tax:
    basis = Basis(message.WhichOneof("basis"))
    if basis is Basis.SHARE:
        return Tax(display_name=message.display_name, basis=basis, quantity=message.basis_points)
    amount = _to_amount(getattr(message, basis.value), currency, f"{path}.{basis.value}")
    return Tax(display_name=message.display_name, basis=basis, quantity=amount)
