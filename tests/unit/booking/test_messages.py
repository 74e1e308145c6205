"""Bookings in the words of the contract."""

from __future__ import annotations

from dataclasses import replace

import pytest
from google.type.money_pb2 import Money

from chassis.dates import from_date
from innkeeper.booking.v1 import booking_pb2
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.payments.v1 import payments_pb2
from services.booking.booking import PaymentState, State
from services.booking.messages import booking_message, new_booking
from tests.unit.booking.examples import NOW, ROOM_TYPE, STAY, booking, payment


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_name_in_the_contract(state: State) -> None:
    assert booking_pb2.Booking.State.Name(booking_message(booking(state)).state) == f"STATE_{state.name}"


@pytest.mark.parametrize("state", PaymentState)
def test_every_payment_state_has_its_name_in_the_contract(state: PaymentState) -> None:
    shown = booking_message(booking(State.CONFIRMED, state)).payment_state
    assert booking_pb2.Booking.PaymentState.Name(shown) == f"PAYMENT_STATE_{state.name}"


def test_there_are_no_states_but_those_of_the_contracts() -> None:
    assert len(State) == len(booking_pb2.Booking.State.keys()) - 1
    assert len(PaymentState) == len(booking_pb2.Booking.PaymentState.keys()) - 1
    payments = {name.removeprefix("STATE_") for name, _ in payments_pb2.Payment.State.items()} - {"UNSPECIFIED"}
    assert payments == {state.name for state in PaymentState} - {"NONE"}


def test_what_a_caller_sees() -> None:
    cancelled = replace(
        booking(State.CANCELLED), payment=payment(PaymentState.REFUNDED, refunded=30_000), confirmation_code="ABCD2345"
    )
    shown = booking_message(cancelled)
    assert shown.price.room_type == ROOM_TYPE
    assert shown.refunded == Money(currency_code="EUR", units=300)
    assert (shown.payment, shown.confirmation_code, shown.etag) == ("payments/p", "ABCD2345", "1")
    assert (shown.check_in, shown.check_out) == (from_date(STAY.check_in), from_date(STAY.check_out))


def test_a_booking_is_made_at_the_price_of_its_quote() -> None:
    price = hotels_pb2.StayPrice(room_type=ROOM_TYPE, total=Money(currency_code="JPY", units=30_000))
    quote = booking_pb2.Quote(
        hotel="hotels/sacher",
        check_in=from_date(STAY.check_in),
        check_out=from_date(STAY.check_out),
        guests=2,
        price=price,
        time_zone="Asia/Tokyo",
    )
    guest = booking_pb2.Guest(given_name="Ada", email="ada@example.com")
    made = new_booking(quote, guest, user="users/ada", now=NOW)
    assert (made.price.total, made.price.currency) == (30_000, "JPY")
    shown = booking_message(made)
    assert (shown.price, shown.lead_guest, shown.state) == (price, guest, booking_pb2.Booking.STATE_PENDING)
    assert made.name != new_booking(quote, guest, user="users/ada", now=NOW).name
