"""`/v1/bookings/{booking}/documents/…`: receipt, confirmation and invoice of a booking, for whoever may see it.

What there is to print is asked for with the caller's own token: the services say what that is good for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grpc import StatusCode
from grpc.aio import AioRpcError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chassis.context import current_context
from chassis.errors import PASSED_ON, passed_on, platform_error, refused
from chassis.http.exchange import header
from chassis.refusal import NotFound, Refusal
from chassis.server.authentication import AUTHORIZATION
from chassis.service import Kit
from innkeeper.booking.v1.booking_pb2 import Booking, GetBookingRequest
from innkeeper.booking.v1.booking_pb2_grpc import BookingServiceStub
from innkeeper.documents.v1.documents_pb2 import (
    DESCRIPTOR,
    BookingConfirmation,
    DocumentInfo,
    Invoice,
    Receipt,
    RenderDocumentRequest,
)
from innkeeper.documents.v1.documents_pb2_grpc import DocumentsServiceStub
from innkeeper.hotels.v1.hotels_pb2 import GetHotelRequest, GetRoomTypeRequest
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from innkeeper.payments.v1.payments_pb2 import GetPaymentRequest, LookUpPaymentRequest, LookUpPaymentResponse
from innkeeper.payments.v1.payments_pb2_grpc import PaymentsServiceStub
from services.web.preferred import languages

PATH: Final = "/v1/bookings/{booking}/documents/{document}"
CONFIRMATION, RECEIPT, INVOICE = "confirmation", "receipt", "invoice"
OF_TOKEN: Final = frozenset({StatusCode.UNAUTHENTICATED, StatusCode.PERMISSION_DENIED})


class NotPaid(Refusal):
    """No money has moved."""

    reason = "NOT_PAID"


class Documents:
    """Gathers what a document says, has it printed, and hands it out."""

    def __init__(self, kit: Kit) -> None:
        self._bookings = kit.outside_stub(BookingServiceStub)
        self._payments = kit.outside_stub(PaymentsServiceStub)
        self._books = kit.stub(PaymentsServiceStub)
        self._hotels = kit.stub(HotelsServiceStub)
        self._documents = kit.stub(DocumentsServiceStub)

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [Route(PATH, self.download)]

    async def download(self, request: Request) -> Response:
        """The PDF, to be kept as a file. Raises CallFailed, Refusal, AioRpcError."""
        kind, token = request.path_params["document"], header(request.scope, AUTHORIZATION)
        booking = f"bookings/{request.path_params['booking']}"
        if kind not in (CONFIRMATION, RECEIPT, INVOICE):
            raise NotFound(f"{booking}/documents/{kind}")
        if not token:
            raise platform_error("TOKEN_MISSING", "send an access token: `Authorization: Bearer …`")
        try:
            asked = await self._gathered(booking, kind, [(AUTHORIZATION, token)])
        except AioRpcError as error:
            raise passed_on(error, current_context().trace.trace_id, PASSED_ON | OF_TOKEN) from None
        first, *others = languages(request) or [asked.booking.lead_guest.language_code]
        asked.language_code = first
        asked.fallback_language_codes.extend(others)
        return await self._printed(asked)

    async def _gathered(self, name: str, kind: str, metadata: Sequence[tuple[str, str]]) -> RenderDocumentRequest:
        booking = await self._bookings.GetBooking(GetBookingRequest(name=name), metadata=metadata)
        asked = RenderDocumentRequest(booking=booking)
        if kind == CONFIRMATION:
            asked.confirmation.CopyFrom(BookingConfirmation())
        else:
            paid = await self._paid(booking, kind, metadata)
            if kind == RECEIPT:
                asked.receipt.CopyFrom(Receipt(payment=paid.payment, entries=paid.entries))
            else:
                asked.invoice.CopyFrom(Invoice(payment=paid.payment, entries=paid.entries))
        asked.hotel.CopyFrom(await self._hotels.GetHotel(GetHotelRequest(name=booking.hotel)))
        try:
            room_type = await self._hotels.GetRoomType(GetRoomTypeRequest(name=booking.price.room_type))
        except AioRpcError as error:
            if error.code() is not StatusCode.NOT_FOUND:
                raise
        else:
            asked.room_type.CopyFrom(room_type)
        return asked

    async def _paid(self, booking: Booking, kind: str, metadata: Sequence[tuple[str, str]]) -> LookUpPaymentResponse:
        if not booking.payment:
            raise NotFound(f"{booking.name}/documents/{kind}")
        await self._payments.GetPayment(GetPaymentRequest(name=booking.payment), metadata=metadata)
        paid = await self._books.LookUpPayment(LookUpPaymentRequest(name=booking.payment))
        if not paid.entries:
            state = Booking.PaymentState.Name(booking.payment_state).removeprefix("PAYMENT_STATE_")
            raise refused(
                NotPaid(f"the payment of {booking.name} is {state}: nothing was paid", state=state), DESCRIPTOR
            )
        return paid

    async def _printed(self, asked: RenderDocumentRequest) -> Response:
        info, content = DocumentInfo(), bytearray()
        async for piece in self._documents.RenderDocument(asked):
            if piece.HasField("info"):
                info.CopyFrom(piece.info)
            content += piece.data
        if len(content) != info.size:
            raise platform_error("DEPENDENCY_UNAVAILABLE", "the document did not come whole: try again")
        headers = {
            "Content-Disposition": f'attachment; filename="{info.file_name}"',
            "Content-Language": info.language_code,
            "Cache-Control": "no-store",
        }
        return Response(bytes(content), media_type=info.content_type, headers=headers)
