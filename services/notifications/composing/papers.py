"""The documents that come with a mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from innkeeper.booking.v1.booking_pb2 import Booking
from innkeeper.documents.v1.documents_pb2 import (
    BookingConfirmation,
    DocumentInfo,
    Receipt,
    RenderDocumentRequest,
    RenderDocumentResponse,
)
from innkeeper.hotels.v1.hotels_pb2 import Hotel, RoomType
from innkeeper.payments.v1.payments_pb2 import LookUpPaymentResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from innkeeper.documents.v1.documents_pb2_grpc import DocumentsServiceStub


class CutOff(Exception):
    """The document did not come whole."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF file."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Has documents printed about one booking, in one language."""

    documents: DocumentsServiceStub
    language: str
    booking: Booking
    hotel: Hotel
    room_type: RoomType | None

    async def confirmation(self) -> Paper:
        """What the guest shows at the desk. Raises CutOff, AioRpcError."""
        return await self._print(RenderDocumentRequest(confirmation=BookingConfirmation()))

    async def receipt(self, paid: LookUpPaymentResponse) -> Paper:
        """What was paid, and what of it was given back, as the books have it. Raises CutOff, AioRpcError."""
        return await self._print(RenderDocumentRequest(receipt=Receipt(payment=paid.payment, entries=paid.entries)))

    async def _print(self, request: RenderDocumentRequest) -> Paper:
        request.language_code = self.language
        request.hotel.CopyFrom(self.hotel)
        request.booking.CopyFrom(self.booking)
        if self.room_type is not None:
            request.room_type.CopyFrom(self.room_type)
        return await whole(self.documents.RenderDocument(request))


async def whole(pieces: AsyncIterable[RenderDocumentResponse]) -> Paper:
    """The document of which the pieces come. Raises CutOff where some are missing."""
    info, content = DocumentInfo(), bytearray()
    async for piece in pieces:
        if piece.WhichOneof("part") == "info":
            info.CopyFrom(piece.info)
        else:
            content += piece.data
    if not info.size or len(content) != info.size:
        raise CutOff(f"{len(content)} bytes of {info.size} came")
    return Paper(info.file_name, bytes(content))
