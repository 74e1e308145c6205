"""What other services know of a booking, as letters tell it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from google.type.money_pb2 import Money as MoneyMessage

from chassis.dates import from_timestamp, to_date
from chassis.full_name import full_name
from chassis.money import NANOS
from innkeeper.booking.v1.booking_pb2 import Booking
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.hotels.v1.hotels_pb2 import Hotel, RoomType
from innkeeper.payments.v1.payments_pb2 import Payment
from services.notifications.letters.foreign import Foreign
from services.notifications.letters.stay import Amount, Money, Stay

BOARDS: Final = {
    hotels_pb2.BOARD_ROOM_ONLY: "room_only",
    hotels_pb2.BOARD_BED_AND_BREAKFAST: "bed_and_breakfast",
    hotels_pb2.BOARD_HALF_BOARD: "half_board",
    hotels_pb2.BOARD_FULL_BOARD: "full_board",
    hotels_pb2.BOARD_ALL_INCLUSIVE: "all_inclusive",
}
"""The catalogue's names; of what is not said the contract says that it is read as room only."""

MONEY: Final = {
    Payment.STATE_CAPTURED: Money.TAKEN,
    Payment.STATE_REFUNDED: Money.GIVEN_BACK,
    Payment.STATE_VOIDED: Money.LET_GO,
    Payment.STATE_DECLINED: Money.LET_GO,
    Payment.STATE_EXPIRED: Money.LET_GO,
}
"""What a state of a payment is for the guest; any other is on its way."""


def stay_of(booking: Booking, hotel: Hotel, room_type: RoomType | None, payment: Payment | None) -> Stay:
    """The booking at that hotel, as letters tell it. There is no room type where nobody knows it any more, and no
    payment where there is nothing to pay, or none was begun."""
    address, guest, price = hotel.address, booking.lead_guest, booking.price
    lines = (*address.address_lines, f"{address.postal_code} {address.locality}")
    return Stay(
        code=booking.confirmation_code,
        hotel=Foreign(hotel.display_name),
        address=[Foreign(line) for line in lines if line.strip()],
        region=address.region_code,
        time_zone=ZoneInfo(booking.time_zone),
        check_in=to_date(booking.check_in),
        check_out=to_date(booking.check_out),
        guests=booking.guests,
        lead_guest=Foreign(full_name(guest.given_name, guest.family_name)),
        room=None if room_type is None else Foreign(room_type.display_name),
        board=BOARDS.get(price.board, "room_only"),
        nights=[(to_date(night.date), amount_of(night.price)) for night in price.nights],
        taxes=[(Foreign(tax.display_name), amount_of(tax.amount)) for tax in price.taxes],
        total=amount_of(price.total),
        deadlines=[(from_timestamp(term.deadline), term.refund_percent) for term in price.cancellation_terms],
        booked=from_timestamp(booking.create_time),
        money=_money(booking, payment),
        refunded=amount_of(booking.refunded if payment is None else payment.refunded),
    )


def amount_of(money: MoneyMessage) -> Amount:
    """The amount in whole units, to the last digit."""
    return Amount(Decimal(money.units) + Decimal(money.nanos) / NANOS, money.currency_code)


def _money(booking: Booking, payment: Payment | None) -> Money:
    if payment is not None:
        return MONEY.get(payment.state, Money.ON_ITS_WAY)
    return Money.ON_ITS_WAY if amount_of(booking.price.total).value else Money.FREE
