"""Booking: from the quote to the charge, each once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import grpc
import pytest
from sqlalchemy import select

from chassis.kit import utc_now
from chassis.security.secrets import Secrets
from innkeeper.booking.v1 import booking_pb2
from innkeeper.booking.v1.booking_pb2 import Booking
from services.booking.quote import Quotes
from services.booking.tables import SAGAS
from tests.conftest import RunningPlatform
from tests.errors import refused
from tests.service.booking.desk import GUEST, Desk, key

PENDING, CONFIRMED, FAILED = Booking.STATE_PENDING, Booking.STATE_CONFIRMED, Booking.STATE_FAILED
CAPTURED, DECLINED = Booking.PAYMENT_STATE_CAPTURED, Booking.PAYMENT_STATE_DECLINED
FAILED_PRECONDITION, INVALID_ARGUMENT = grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT


async def test_a_booking_is_confirmed_and_paid(desk: Desk) -> None:
    quote = await desk.quote(nights=3)
    booking = await desk.stub.CreateBooking(desk.order(quote))
    assert (booking.state, booking.payment_state) == (CONFIRMED, CAPTURED)
    assert (booking.user, booking.lead_guest, booking.price) == ("users/ada", GUEST, quote.price)
    assert (booking.check_in, booking.check_out, booking.guests) == (quote.check_in, quote.check_out, 2)
    assert booking.payment.startswith("payments/")
    assert len(booking.confirmation_code) == 8
    assert await desk.get(booking.name) == booking
    assert await desk.sold() == [1, 1, 1]
    assert await desk.transactions() == {"CAPTURED": 1}


@pytest.mark.parametrize("card", ["tok_slow", "tok_fails_once", "tok_timeout"])
async def test_a_bank_with_a_bad_day_still_charges_once(desk: Desk, card: str) -> None:
    booking = await desk.book(card)
    assert (booking.state, booking.payment_state) == (CONFIRMED, CAPTURED)
    assert await desk.transactions() == {"CAPTURED": 1}


@pytest.mark.parametrize(
    ("card", "decline_code"),
    [
        ("tok_decline", "do_not_honor"),
        ("tok_insufficient_funds", "insufficient_funds"),
        ("tok_of_nobody", "invalid_card"),
    ],
)
async def test_a_declined_card_books_nothing(desk: Desk, card: str, decline_code: str) -> None:
    order = desk.order(await desk.quote(), card)
    for _ in range(2):  # a repeat is answered the same
        async with refused(FAILED_PRECONDITION, "PAYMENT_DECLINED") as outcome:
            await desk.stub.CreateBooking(order)
        assert outcome.info.metadata["decline_code"] == decline_code
        failed = await desk.get(outcome.info.metadata["booking"])
        assert (failed.state, failed.payment_state, failed.confirmation_code) == (FAILED, DECLINED, "")
    assert await desk.sold() == [0, 0]
    assert await desk.transactions() == {"DECLINED": 1}
    assert await desk.balances() == {}


async def test_a_booking_that_the_bank_keeps_waiting_is_pending_and_settles_by_itself(desk: Desk) -> None:
    order = desk.order(await desk.quote(), "tok_slow")
    pending = await desk.stub.CreateBooking(order, timeout=1.0)
    assert pending.state == PENDING
    for _ in range(100):
        if (await desk.get(pending.name)).payment_state == CAPTURED:
            break
        await asyncio.sleep(0.1)
    settled = await desk.get(pending.name)
    assert settled.state == CONFIRMED
    assert await desk.stub.CreateBooking(order) == settled
    assert await desk.transactions() == {"CAPTURED": 1}


async def test_a_double_click_books_once(desk: Desk) -> None:
    order = desk.order(await desk.quote())
    bookings = await asyncio.gather(*(desk.stub.CreateBooking(order) for _ in range(50)))
    assert all(booking == bookings[0] for booking in bookings)
    assert (bookings[0].state, bookings[0].payment_state) == (CONFIRMED, CAPTURED)
    assert await desk.sold() == [1, 1]
    assert await desk.transactions() == {"CAPTURED": 1}


async def test_a_double_click_with_a_bad_card_fails_once(desk: Desk) -> None:
    order = desk.order(await desk.quote(), "tok_decline")
    answers = await asyncio.gather(*(desk.stub.CreateBooking(order) for _ in range(50)), return_exceptions=True)
    assert {answer.code() for answer in answers if isinstance(answer, grpc.aio.AioRpcError)} == {FAILED_PRECONDITION}
    assert len({answer.details() for answer in answers if isinstance(answer, grpc.aio.AioRpcError)}) == 1
    assert await desk.transactions() == {"DECLINED": 1}


async def test_a_request_id_is_for_one_order(desk: Desk) -> None:
    order = desk.order(await desk.quote())
    await desk.stub.CreateBooking(order)
    other = desk.order(await desk.quote(nights=3), request_id=order.request_id)
    async with refused(grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED"):
        await desk.stub.CreateBooking(other)


async def test_one_quote_may_be_booked_for_each_of_two_rooms(desk: Desk) -> None:
    quote = await desk.quote()
    first, second = [await desk.stub.CreateBooking(desk.order(quote)) for _ in range(2)]
    assert first.name != second.name
    assert first.confirmation_code != second.confirmation_code
    assert await desk.sold() == [2, 2]


async def test_an_altered_quote_is_not_booked(desk: Desk) -> None:
    quote = await desk.quote()
    header, payload, signature = quote.token.split(".")
    quote.token = ".".join((header, payload[:-4] + "AAAA", signature))
    async with refused(INVALID_ARGUMENT, "QUOTE_INVALID"):
        await desk.stub.CreateBooking(desk.order(quote))
    assert await desk.sold() == []


def quoted_long_ago(running: RunningPlatform, quote: booking_pb2.Quote) -> booking_pb2.Quote:
    """The same quote, signed by the same service an hour ago."""
    secret = Secrets(running.platform.settings.data_dir / "secrets").get("booking-quotes")
    quote.token = ""
    quote.ClearField("expire_time")
    return Quotes(secret, timedelta(minutes=15)).sign(quote, units=7, now=utc_now() - timedelta(hours=1))


async def test_an_old_quote_is_not_booked(desk: Desk) -> None:
    order = desk.order(quoted_long_ago(desk.running, await desk.quote()))
    async with refused(FAILED_PRECONDITION, "QUOTE_EXPIRED"):
        await desk.stub.CreateBooking(order)
    order.quote_token = (await desk.quote()).token  # a failed order leaves its request id free
    assert (await desk.stub.CreateBooking(order)).state == CONFIRMED


async def test_the_price_is_that_of_the_quote(desk: Desk) -> None:
    quote = await desk.quote(nights=1)
    desk.price = 500
    await desk.list_with(7)
    assert (await desk.quote(nights=1)).price.total != quote.price.total
    booking = await desk.stub.CreateBooking(desk.order(quote))
    assert booking.price == quote.price


async def test_rooms_that_the_hotel_took_away_are_not_sold_on_an_old_quote(desk: Desk) -> None:
    quote = await desk.quote()
    await desk.list_with(1)
    await desk.stub.CreateBooking(desk.order(quote))
    async with refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "SOLD_OUT"):
        await desk.stub.CreateBooking(desk.order(quote))


async def test_a_client_without_a_user_books_for_itself(running: RunningPlatform) -> None:
    desk = await Desk(running=running, user="clients/agency").open()
    assert (await desk.book()).user == "clients/agency"


async def test_the_card_is_kept_nowhere(desk: Desk) -> None:
    await desk.book()
    cards = await desk.running.database("booking").read(
        lambda session: set(session.scalars(select(SAGAS.c.card_token)))
    )
    assert cards == {""}


async def test_a_stay_that_costs_nothing(running: RunningPlatform) -> None:
    desk = await Desk(running=running, price=0).open()
    booking = await desk.book()
    assert (booking.state, booking.payment_state, booking.payment) == (CONFIRMED, Booking.PAYMENT_STATE_NONE, "")
    cancelled = await desk.cancel(booking.name, request_id=key())
    assert (cancelled.state, cancelled.payment_state) == (Booking.STATE_CANCELLED, Booking.PAYMENT_STATE_NONE)
    assert await desk.transactions() == {}
