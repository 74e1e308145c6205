"""Many want the same rooms: each night is sold once, and only those who got one pay."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import date

import grpc
import pytest
from sqlalchemy import select

from chassis.dates import to_date
from chassis.errors import reason_of
from chassis.storage.tables import OUTBOX
from innkeeper.booking.v1.booking_events_pb2 import AvailabilityChanged
from innkeeper.booking.v1.booking_pb2 import Booking
from tests.conftest import RunningPlatform
from tests.service.booking.desk import Desk

CONFIRMED = Booking.STATE_CONFIRMED


def parted(answers: list[Booking | BaseException]) -> tuple[list[Booking], list[grpc.aio.AioRpcError]]:
    """Those who got a room, and those who did not."""
    booked = [answer for answer in answers if isinstance(answer, Booking)]
    failed = [answer for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
    assert len(booked) + len(failed) == len(answers), answers
    return booked, failed


async def announced(running: RunningPlatform) -> dict[date, int]:
    """How many rooms were last announced as sold, for each night."""
    query = select(OUTBOX.c.payload).where(OUTBOX.c.type == AvailabilityChanged.DESCRIPTOR.full_name)
    in_order = query.order_by(OUTBOX.c.sequence)
    payloads = await running.database("booking").read(lambda session: session.scalars(in_order).all())
    nights = (night for payload in payloads for night in AvailabilityChanged.FromString(payload).nights)
    return {to_date(night.date): night.sold for night in nights}


async def test_two_hundred_race_for_the_last_seven_rooms(desk: Desk) -> None:
    quote = await desk.quote()
    guests = [Desk(running=desk.running, user=f"users/guest-{number}") for number in range(200)]
    booked, failed = parted(
        await asyncio.gather(
            *(guest.stub.CreateBooking(guest.order(quote)) for guest in guests), return_exceptions=True
        )
    )
    assert [(booking.state, booking.payment_state) for booking in booked] == [
        (CONFIRMED, Booking.PAYMENT_STATE_CAPTURED)
    ] * 7
    assert Counter((error.code(), reason_of(error)) for error in failed) == {
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "SOLD_OUT"): 193
    }
    assert await desk.sold() == [7, 7]
    assert await desk.transactions() == {"CAPTURED": 7}


@pytest.mark.parametrize("seed", range(3))
async def test_stays_of_several_nights_that_overlap(running: RunningPlatform, seed: int) -> None:
    desk, chance = await Desk(running=running, units=2).open(), random.Random(seed)
    quotes = [await desk.quote(ahead=30 + chance.randrange(10), nights=chance.randint(1, 5)) for _ in range(40)]
    cards = [chance.choice(["tok_success"] * 4 + ["tok_decline"]) for _ in quotes]
    booked, failed = parted(
        await asyncio.gather(
            *(desk.stub.CreateBooking(desk.order(quote, card)) for quote, card in zip(quotes, cards, strict=True)),
            return_exceptions=True,
        )
    )
    called_off = booked[::3]
    await asyncio.gather(*(desk.cancel(booking.name) for booking in called_off))
    kept = [booking for booking in booked if booking not in called_off]
    expected = Counter(to_date(night.date) for booking in kept for night in booking.price.nights)
    assert all(count <= 2 for count in expected.values())
    assert +Counter(await announced(running)) == expected
    assert [sold for sold in await desk.sold() if sold] == [expected[night] for night in sorted(expected)]
    assert {reason_of(error) for error in failed} <= {"SOLD_OUT", "PAYMENT_DECLINED"}
    assert (await desk.transactions())["CAPTURED"] == len(kept)
    assert (await desk.transactions())["REFUNDED"] == len(called_off)
