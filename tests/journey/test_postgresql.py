"""The platform on PostgreSQL: every service on a database of its own, a rush for the last rooms, and two registries."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import grpc
import pytest

from chassis.errors import reason_of
from innkeeper.booking.v1.booking_pb2 import Booking
from innkeeper.registry.v1.registry_pb2 import SetTrafficRequest, Traffic, WatchMeshRequest
from services.catalogue import CATALOGUE
from tests.conftest import started
from tests.postgresql import Cluster
from tests.service.booking.desk import Desk
from tests.service.registry.conftest import key, ports, registered, registration, stub_of, until

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


async def test_two_registries_share_what_they_know(postgresql: Cluster, tmp_path: Path) -> None:
    url = postgresql.url("registry")
    async with (
        started(tmp_path / "one", ["registry"], elsewhere=["hotels"], database_url=url) as one,
        started(tmp_path / "other", ["registry"], elsewhere=["hotels"], database_url=url) as other,
        AsyncExitStack() as leases,
    ):
        registries = [stub_of(one), stub_of(other)]

        async def register(port: int) -> None:
            await leases.enter_async_context(registered(registries[port % 2], registration(port)))

        await asyncio.gather(*map(register, range(1, 7)))
        assert [await ports(registry) for registry in registries] == [set(range(1, 7))] * 2

        async with aclosing(registries[1].WatchMesh(WatchMeshRequest())) as watched, asyncio.timeout(20):
            split = Traffic(service="hotels", shares=[Traffic.Share(variant="v2", percent=10)])
            await registries[0].SetTraffic(SetTrafficRequest(traffic=split, request_id=key()))
            async for mesh in watched:
                if list(mesh.traffic) == [split]:
                    break

        async with registered(registries[0], registration(30)):
            await leases.aclose()

            async def gone() -> bool:
                return await ports(registries[1]) == {30}

            await until(gone)
