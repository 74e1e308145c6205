"""The platform on PostgreSQL: every service on a database of its own, and a rush for the last rooms."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import grpc
import pytest

from chassis.errors import reason_of
from innkeeper.booking.v1.booking_pb2 import Booking
from services.catalogue import CATALOGUE
from tests.conftest import started
from tests.postgresql import Cluster
from tests.service.booking.desk import Desk

NAMES = [service.name for service in CATALOGUE]


@pytest.mark.timeout(180)  # the gazetteer alone takes a while to load
async def test_forty_guests_race_for_the_last_seven_rooms(postgresql: Cluster, tmp_path: Path) -> None:
    async with started(tmp_path / "data", NAMES, database_url=postgresql.url(*NAMES)) as running:
        desk = await Desk(running=running).open()
        quote = await desk.quote()
        guests = [Desk(running=running, user=f"users/guest-{number}") for number in range(40)]
        answers = await asyncio.gather(
            *(guest.stub.CreateBooking(guest.order(quote)) for guest in guests), return_exceptions=True
        )
        await running.settled()

        booked = [answer for answer in answers if isinstance(answer, Booking)]
        failed = [answer for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
        assert len(booked) + len(failed) == 40
        assert Counter((error.code(), reason_of(error)) for error in failed) == {
            (grpc.StatusCode.RESOURCE_EXHAUSTED, "SOLD_OUT"): 33
        }
        assert {booking.state for booking in booked} == {Booking.STATE_CONFIRMED}
        assert await desk.sold() == [7, 7]
        assert await desk.transactions() == {"CAPTURED": 7}
    assert not list((tmp_path / "data").glob("*.db")), "everything is on the server"
