"""The services that know what mails tell, as far as mails need them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, TypeVar
from uuid import NAMESPACE_URL, uuid5

import grpc

from chassis.service import Kit
from innkeeper.booking.v1.booking_pb2 import Booking, LookUpBookingRequest
from innkeeper.booking.v1.booking_pb2_grpc import BookingServiceStub
from innkeeper.documents.v1.documents_pb2_grpc import DocumentsServiceStub
from innkeeper.hotels.v1.contacts_pb2 import HotelContact, LookUpHotelContactRequest
from innkeeper.hotels.v1.hotels_pb2 import GetHotelRequest, GetRoomTypeRequest, Hotel, RoomType
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from innkeeper.links.v1.links_pb2 import CreateLinkRequest, Link
from innkeeper.links.v1.links_pb2_grpc import LinksServiceStub
from innkeeper.payments.v1.payments_pb2 import LookUpPaymentRequest, LookUpPaymentResponse
from innkeeper.payments.v1.payments_pb2_grpc import PaymentsServiceStub
from innkeeper.users.v1.users_pb2 import LookUpUserRequest, User
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from services.notifications.composing.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Each look-up is None where the service says that there is no such thing, and raises AioRpcError for any other
    failure.

    The mails about one booking ask of the same hotel at nearly the same time; what a hotel says of itself may be as old
    as `Recent` has it. Bookings, payments and users are asked for anew each time: on them depends whether a mail is
    sent at all.
    """

    bookings: BookingServiceStub
    documents: DocumentsServiceStub
    hotels: HotelsServiceStub
    links: LinksServiceStub
    payments: PaymentsServiceStub
    users: UsersServiceStub

    _hotels: Recent[Hotel] = field(default_factory=Recent, init=False)
    _room_types: Recent[RoomType] = field(default_factory=Recent, init=False)
    _contacts: Recent[HotelContact] = field(default_factory=Recent, init=False)

    @classmethod
    def of(cls, kit: Kit) -> Self:
        """The services of the platform."""
        return cls(
            bookings=kit.stub(BookingServiceStub),
            documents=kit.stub(DocumentsServiceStub),
            hotels=kit.stub(HotelsServiceStub),
            links=kit.stub(LinksServiceStub),
            payments=kit.stub(PaymentsServiceStub),
            users=kit.stub(UsersServiceStub),
        )

    async def booking(self, name: str) -> Booking | None:
        """The booking of that name."""
        return await _or_none(self.bookings.LookUpBooking(LookUpBookingRequest(name=name)))

    async def hotel(self, name: str) -> Hotel | None:
        """The hotel of that name."""
        return await self._hotels.get(name, lambda: _or_none(self.hotels.GetHotel(GetHotelRequest(name=name))))

    async def room_type(self, name: str) -> RoomType | None:
        """The room type of that name."""
        return await self._room_types.get(
            name, lambda: _or_none(self.hotels.GetRoomType(GetRoomTypeRequest(name=name)))
        )

    async def contact(self, hotel: str) -> HotelContact | None:
        """How the people of that hotel are reached."""
        return await self._contacts.get(
            hotel, lambda: _or_none(self.hotels.LookUpHotelContact(LookUpHotelContactRequest(hotel=hotel)))
        )

    async def payment(self, name: str) -> LookUpPaymentResponse | None:
        """The payment of that name, with what the books have of it; None for no name."""
        return await _or_none(self.payments.LookUpPayment(LookUpPaymentRequest(name=name))) if name else None

    async def user(self, name: str) -> User | None:
        """The person of that name; None for the name of a client."""
        if not name.startswith("users/"):
            return None
        return await _or_none(self.users.LookUpUser(LookUpUserRequest(name=name)))

    async def short(self, target: str) -> str:
        """A short link to that address, the same however often it is asked for."""
        request_id = str(uuid5(NAMESPACE_URL, target))
        return (await self.links.CreateLink(CreateLinkRequest(link=Link(target=target), request_id=request_id))).uri


async def _or_none(call: Awaitable[T]) -> T | None:
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.NOT_FOUND:
            return None
        raise
