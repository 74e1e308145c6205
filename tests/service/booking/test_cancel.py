"""Cancelling: nights and money go back, once."""

from __future__ import annotations

import asyncio

import grpc
import pytest

from innkeeper.booking.v1.booking_pb2 import Booking
from tests.conftest import RunningPlatform
from tests.errors import refused
from tests.service.booking.desk import Desk, key

CANCELLED, REFUNDED = Booking.STATE_CANCELLED, Booking.PAYMENT_STATE_REFUNDED
FAILED_PRECONDITION, NOT_FOUND = grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.NOT_FOUND


async def test_nights_and_money_go_back(desk: Desk) -> None:
    booked = await desk.book()
    cancelled = await desk.cancel(booked.name, etag=booked.etag)
    assert (cancelled.state, cancelled.payment_state) == (CANCELLED, REFUNDED)
    assert cancelled.refunded == booked.price.total
    assert await desk.get(booked.name) == cancelled
    assert await desk.sold() == [0, 0]
    assert await desk.transactions() == {"REFUNDED": 1}
    assert not any((await desk.balances()).values())


async def test_a_repeat_is_answered_the_same(desk: Desk) -> None:
    booked, request_id = await desk.book(), key()
    answers = await asyncio.gather(*(desk.cancel(booked.name, request_id=request_id) for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].payment_state == REFUNDED
    assert await desk.transactions() == {"REFUNDED": 1}


async def test_a_cancelled_booking_can_not_be_cancelled_again(desk: Desk) -> None:
    booked = await desk.book()
    await desk.cancel(booked.name)
    async with refused(FAILED_PRECONDITION, "NOT_CANCELLABLE") as outcome:
        await desk.cancel(booked.name)
    assert outcome.info.metadata["state"] == "CANCELLED"
    assert await desk.sold() == [0, 0]


async def test_many_cancel_and_one_does(desk: Desk) -> None:
    booked = await desk.book()
    answers = await asyncio.gather(*(desk.cancel(booked.name) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(answer, Booking) for answer in answers) == 1
    assert await desk.sold() == [0, 0]
    assert await desk.transactions() == {"REFUNDED": 1}


async def test_a_room_given_back_is_sold_again(running: RunningPlatform) -> None:
    desk = await Desk(running=running, units=1).open()
    booked = await desk.book()
    async with refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "SOLD_OUT"):
        await desk.book()
    await desk.cancel(booked.name)
    await desk.book()
    assert await desk.sold() == [1, 1]


async def test_a_booking_that_changed_meanwhile(desk: Desk) -> None:
    booked = await desk.book()
    async with refused(grpc.StatusCode.ABORTED, "ETAG_MISMATCH"):
        await desk.cancel(booked.name, etag="0")
    assert await desk.get(booked.name) == booked


async def test_a_pending_booking_can_not_be_cancelled(desk: Desk) -> None:
    pending = await desk.stub.CreateBooking(desk.order(await desk.quote(), "tok_slow"), timeout=0.5)
    async with refused(FAILED_PRECONDITION, "NOT_CANCELLABLE") as outcome:
        await desk.cancel(pending.name)
    assert outcome.info.metadata["state"] == "PENDING"


# At any hour of the day, at least one of them has another date than UTC.
@pytest.mark.parametrize("time_zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
async def test_when_the_day_has_come_it_is_too_late(running: RunningPlatform, time_zone: str) -> None:
    desk = await Desk(running=running, time_zone=time_zone).open()
    today, tomorrow = await desk.book(ahead=0), await desk.book(ahead=1)
    async with refused(FAILED_PRECONDITION, "NOT_CANCELLABLE"):
        await desk.cancel(today.name)
    assert (await desk.cancel(tomorrow.name)).state == CANCELLED


@pytest.mark.parametrize("name", ["bookings/none", "somebody's"])
async def test_a_booking_that_is_not_there(desk: Desk, name: str) -> None:
    if name == "somebody's":
        name = (await desk.book()).name
    stranger = Desk(running=desk.running, user="users/eve")
    async with refused(NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await stranger.cancel(name)


async def test_staff_cancels_for_a_guest(desk: Desk) -> None:
    booked = await desk.book()
    staff = Desk(running=desk.running, user="users/staff", scopes=("bookings.write", "admin"))
    assert (await staff.cancel(booked.name)).payment_state == REFUNDED
