"""Listings in the words of the contract."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from google.type.money_pb2 import Money
from hypothesis import given

from chassis.refusal import InvalidField
from chassis.validation import check
from innkeeper.hotels.v1 import hotels_pb2
from services.hotels.currency import CurrencyMismatch
from services.hotels.messages import listing_message, to_listing
from services.hotels.rate_plan import RatePlan
from services.hotels.tax import Tax
from tests.unit.hotels.listings import NOW, RATE_PLANS, TAXES, hotel, listing


@given(RATE_PLANS, TAXES)
def test_a_listing_survives_the_way_there_and_back(plan: RatePlan, taxes: tuple[Tax, ...]) -> None:
    sent = listing(hotel=hotel(taxes=taxes), rate_plans=(plan,))
    message = listing_message(sent)
    check(message)
    assert to_listing(message, now=NOW) == sent


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda m: m.rate_plans[0].base_price.CopyFrom(Money(currency_code="USD")), id="base price"),
        pytest.param(
            lambda m: m.rate_plans[0].weekday_prices.add(weekday=1).price.CopyFrom(Money(currency_code="USD")),
            id="weekday price",
        ),
        pytest.param(
            lambda m: m.hotel.taxes.add(display_name="Fee").per_stay.CopyFrom(Money(currency_code="USD")), id="tax"
        ),
    ],
)
def test_prices_in_another_currency_are_refused(spoil: Callable[[hotels_pb2.HotelListing], None]) -> None:
    message = listing_message(listing())
    spoil(message)
    with pytest.raises(CurrencyMismatch, match="is in USD, and the prices of this hotel are in EUR"):
        to_listing(message, now=NOW)


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        pytest.param(lambda m: m.hotel.ClearField("address"), "hotel.address", id="no address"),
        pytest.param(lambda m: m.hotel.ClearField("location"), "hotel.location", id="no location"),
        pytest.param(lambda m: m.hotel.ClearField("currency_code"), "hotel.currency_code", id="no currency"),
        pytest.param(lambda m: m.rate_plans[0].ClearField("base_price"), "rate_plans[0].base_price", id="no price"),
        pytest.param(
            lambda m: m.rate_plans[0].base_price.CopyFrom(Money(currency_code="EUR", units=-1)),
            "rate_plans[0].base_price",
            id="less than nothing",
        ),
        pytest.param(
            lambda m: m.rate_plans[0].base_price.CopyFrom(Money(currency_code="EUR", units=10**12)),
            "rate_plans[0].base_price",
            id="more than anybody has",
        ),
        pytest.param(
            lambda m: m.hotel.taxes.add(display_name="Fee").per_guest_night.CopyFrom(
                Money(currency_code="EUR", nanos=-10_000_000)
            ),
            "hotel.taxes[1].per_guest_night",
            id="tax less than nothing",
        ),
    ],
)
def test_what_is_missing_or_out_of_range_is_named(spoil: Callable[[hotels_pb2.HotelListing], None], field: str) -> None:
    message = listing_message(listing())
    spoil(message)
    with pytest.raises(InvalidField) as refusal:
        to_listing(message, now=NOW)
    assert [path for path, _ in refusal.value.violations] == [field]
