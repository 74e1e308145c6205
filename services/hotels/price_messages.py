"""Prices of stays in the words of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import cast

from chassis.dates import from_date, to_timestamp
from chassis.money import from_minor
from innkeeper.hotels.v1 import hotels_pb2
from services.hotels.listing import Listing
from services.hotels.messages import room_type_message
from services.hotels.pricing import StayPrice


class PriceMessages:
    """Writes the answer to one request, whose hotels share most dates, deadlines and amounts: each is made once."""

    def __init__(self) -> None:
        self._date = cache(from_date)
        self._timestamp = cache(to_timestamp)
        self._money = cache(from_minor)

    def hotel(self, listing: Listing, prices: Sequence[StayPrice]) -> hotels_pb2.HotelPrices:
        """What a stay costs at one hotel, with the room types that the prices are for."""
        hotel = listing.hotel
        rooms = {price.plan.room_type for price in prices}
        return hotels_pb2.HotelPrices(
            hotel=hotel.name,
            time_zone=hotel.time_zone,
            prices=[self._stay(price, hotel.currency_code) for price in prices],
            room_types=[room_type_message(part) for part in listing.room_types if part.name in rooms],
        )

    def _stay(self, price: StayPrice, currency: str) -> hotels_pb2.StayPrice:
        return hotels_pb2.StayPrice(
            room_type=price.plan.room_type,
            rate_plan=price.plan.name,
            nights=[
                hotels_pb2.NightPrice(date=self._date(night), price=self._money(amount, currency))
                for night, amount in price.nights
            ],
            taxes=[
                hotels_pb2.TaxLine(display_name=display_name, amount=self._money(amount, currency))
                for display_name, amount in price.taxes
            ],
            total=self._money(price.total, currency),
            board=cast("hotels_pb2.Board.ValueType", price.plan.board),
            cancellation_terms=[
                hotels_pb2.CancellationTerm(deadline=self._timestamp(deadline), refund_percent=percent)
                for deadline, percent in price.terms
            ],
        )
