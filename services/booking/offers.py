"""Asks the hotels service what a stay costs under one rate plan."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.dates import from_date
from chassis.refusal import Refusal
from innkeeper.hotels.v1 import hotels_pb2, hotels_pb2_grpc
from services.booking.inventory import Stay


class DoesNotFit(Refusal):
    """The room type takes fewer guests than want to stay."""

    reason = "DOES_NOT_FIT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a stay costs, and how many rooms of the type the hotel has."""

    hotel: str
    time_zone: str
    price: hotels_pb2.StayPrice
    units: int


class Offers:
    """The hotels service, as far as bookings need it."""

    def __init__(self, stub: hotels_pb2_grpc.HotelsServiceStub) -> None:
        self._stub = stub

    async def find(self, rate_plan: str, stay: Stay, guests: int) -> Offer:
        """The offer of that rate plan. Raises DoesNotFit; fails with `RESOURCE_NOT_FOUND` without such a plan."""
        hotel = rate_plan.partition("/ratePlans/")[0]
        request = hotels_pb2.PriceStaysRequest(
            hotels=[hotel], check_in=from_date(stay.check_in), check_out=from_date(stay.check_out), guests=guests
        )
        for prices in (await self._stub.PriceStays(request)).hotels:
            for price in prices.prices:
                if price.rate_plan == rate_plan:
                    units = {room_type.name: room_type.units for room_type in prices.room_types}[price.room_type]
                    return Offer(hotel=hotel, time_zone=prices.time_zone, price=price, units=units)
        await self._stub.GetRatePlan(hotels_pb2.GetRatePlanRequest(name=rate_plan))
        raise DoesNotFit(f"the room of {rate_plan} does not take {guests} guests: choose a larger one")
