"""Who sees which bookings, and in which order."""

from __future__ import annotations

import grpc
import pytest

from innkeeper.booking.v1 import booking_pb2, booking_pb2_grpc
from tests.errors import refused
from tests.service.booking.desk import Desk


async def names(desk: Desk, page_size: int = 0) -> list[list[str]]:
    """The bookings that a caller sees, page by page."""
    pages, token = [], ""
    while True:
        request = booking_pb2.ListBookingsRequest(page_size=page_size, page_token=token)
        answer = await desk.stub.ListBookings(request)
        pages.append([booking.name for booking in answer.bookings])
        token = answer.next_page_token
        if not token:
            return pages


async def test_the_newest_come_first_and_a_page_at_a_time(desk: Desk) -> None:
    booked = [(await desk.book()).name for _ in range(5)]
    newest = booked[::-1]
    assert await names(desk) == [newest]
    assert await names(desk, page_size=2) == [newest[:2], newest[2:4], newest[4:]]
    assert await names(desk, page_size=5) == [newest]


async def test_a_guest_sees_the_own_bookings_and_staff_sees_all(desk: Desk) -> None:
    bob = Desk(running=desk.running, user="users/bob")
    staff = Desk(running=desk.running, user="users/staff", scopes=("bookings.read", "admin"))
    adas, bobs = await desk.book(), await bob.book()
    assert await names(desk) == [[adas.name]]
    assert await names(bob) == [[bobs.name]]
    assert await names(staff) == [[bobs.name, adas.name]]
    assert await staff.get(adas.name) == adas
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await bob.get(adas.name)


async def test_a_service_sees_what_its_user_sees(desk: Desk) -> None:
    booked = await desk.book()
    request = booking_pb2.GetBookingRequest(name=booked.name)
    inside = desk.running.inside(booking_pb2_grpc.BookingServiceStub, as_service="web", user="users/ada")
    assert await inside.GetBooking(request) == booked
    alone = desk.running.inside(booking_pb2_grpc.BookingServiceStub, as_service="web")
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await alone.GetBooking(request)


async def test_a_service_that_sees_to_a_booking_looks_it_up_for_nobody(desk: Desk) -> None:
    order = desk.order(await desk.quote())
    order.lead_guest.language_code = "pt-BR"
    booked = await desk.stub.CreateBooking(order)
    alone = desk.running.inside(booking_pb2_grpc.BookingServiceStub, as_service="notifications")
    assert await alone.LookUpBooking(booking_pb2.LookUpBookingRequest(name=booked.name)) == booked
    assert booked.lead_guest.language_code == "pt-BR"
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await alone.LookUpBooking(booking_pb2.LookUpBookingRequest(name="bookings/nowhere"))


@pytest.mark.parametrize("token", ["x", "eyJ9", "bm90IGEga2V5"])
async def test_a_page_token_that_is_not_ours(desk: Desk, token: str) -> None:
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"):
        await desk.stub.ListBookings(booking_pb2.ListBookingsRequest(page_token=token))
