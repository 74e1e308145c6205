"""A booking to try the rules on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from innkeeper.hotels.v1 import hotels_pb2
from services.booking.booking import Booking, Guest, Payment, PaymentState, Price, State
from services.booking.inventory import Stay

NOW = datetime(2027, 4, 1, 12, tzinfo=UTC)
ROOM_TYPE = "hotels/sacher/roomTypes/double"
STAY = Stay(check_in=date(2027, 5, 1), check_out=date(2027, 5, 4))


def booking(
    state: State = State.PENDING,
    paid: PaymentState = PaymentState.NONE,
    *,
    name: str = "bookings/b",
    total: int = 30_000,
) -> Booking:
    """Three nights in Vienna for two, of 300 EUR, in that state."""
    begun = Booking(
        name=name,
        user="users/ada",
        hotel="hotels/sacher",
        room_type=ROOM_TYPE,
        stay=STAY,
        time_zone="Europe/Vienna",
        guests=2,
        lead_guest=Guest(given_name="Ada", family_name="Lovelace", email="ada@example.com"),
        price=Price(total=total, currency="EUR", lines=hotels_pb2.StayPrice(room_type=ROOM_TYPE).SerializeToString()),
        create_time=NOW,
        update_time=NOW,
    )
    return replace(begun, state=state, payment=payment(paid))


def payment(state: PaymentState, *, refunded: int = 0, decline_code: str = "") -> Payment:
    """What is known of its payment in that state."""
    name = "" if state is PaymentState.NONE else "payments/p"
    return Payment(state=state, name=name, refunded=refunded, decline_code=decline_code)
