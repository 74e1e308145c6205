"""HTTP/2 by frames (RFC 9113), with no library between that would keep its rules."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from hpack import Decoder, Encoder
from hyperframe.exceptions import HyperframeError
from hyperframe.frame import Frame, GoAwayFrame, HeadersFrame, RstStreamFrame, SettingsFrame

from tests.service.edge.hostile.wire import Wire, connected

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET: Final = ((":method", "GET"), (":scheme", "http"), (":authority", "edge.test"), (":path", "/v1/jwks"))
GRPC: Final = (
    (":method", "POST"),
    (":scheme", "http"),
    (":authority", "edge.test"),
    (":path", "/innkeeper.hotels.v1.HotelsService/GetHotel"),
    ("content-type", "application/grpc"),
    ("te", "trailers"),
)
LATER: Final = 4.0
"""Seconds without a frame after which no more is awaited: more than Envoy leaves to a connection that it has given up,
and than the method has that is called here."""


@dataclass(slots=True)
class Conversation:
    """What came back on one connection."""

    headers: list[dict[str, str]] = field(default_factory=list)
    """Headers and trailers, in the order in which they came."""
    resets: int = 0
    ended: int = 0
    """Streams that came to their end."""

    gone: bool = False
    closed: bool = False

    @property
    def statuses(self) -> list[int]:
        """Each `:status`."""
        return [int(block[":status"]) for block in self.headers if ":status" in block]

    @property
    def refused(self) -> bool:
        """Whether the edge took none of it: it hung up, ended a stream, or said that the sender is to blame."""
        told = [status for status in self.statuses if status >= 400]
        failed = [block for block in self.headers if block.get("grpc-status", "0") != "0"]
        return self.closed or self.gone or bool(self.resets or told or failed)


class Http2:
    """A connection that has said hello."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.encoder = Encoder()
        self.port = wire.port

    async def send(self, *frames: Frame | bytes) -> None:
        """Sends frames, or bytes in the place of one."""
        await self._wire.send(b"".join(frame if isinstance(frame, bytes) else frame.serialize() for frame in frames))

    def asked(self, stream: int, headers: Iterable[tuple[str, str]] = GET, *flags: str) -> HeadersFrame:
        """The headers of a request, by themselves the whole of it unless other flags are given."""
        return HeadersFrame(stream, self.encoder.encode(headers), flags=flags or ("END_HEADERS", "END_STREAM"))

    async def heard(self, later: float = LATER) -> Conversation:
        """All that comes until a stream is over, or the other side hangs up or says nothing any more."""
        conversation, decoder, read = Conversation(), Decoder(), b""
        decoder.max_header_list_size = 1 << 20
        with suppress(TimeoutError):
            while not (conversation.ended or conversation.resets) and (chunk := await self._wire.some(later)):
                read += chunk
                while len(read) >= 9 and len(read) >= 9 + (length := int.from_bytes(read[:3])):
                    _note(conversation, decoder, read[: 9 + length])
                    read = read[9 + length :]
            conversation.closed = not (conversation.ended or conversation.resets)
        return conversation


@asynccontextmanager
async def greeted(address: str, settings: dict[int, int] | None = None) -> AsyncIterator[Http2]:
    """A connection that has sent the preface and its settings."""
    async with connected(address) as wire:
        connection = Http2(wire)
        await connection.send(PREFACE, SettingsFrame(settings=settings or {}))
        yield connection


def _note(conversation: Conversation, decoder: Decoder, raw: bytes) -> None:
    with suppress(HyperframeError):
        frame, _ = Frame.parse_frame_header(memoryview(raw[:9]))
        frame.parse_body(memoryview(raw[9:]))
        if isinstance(frame, GoAwayFrame):
            conversation.gone = True
        elif isinstance(frame, RstStreamFrame):
            conversation.resets += 1
        elif isinstance(frame, HeadersFrame):
            block = {
                str(name, "latin-1"): str(value, "latin-1") for name, value in decoder.decode(frame.data, raw=True)
            }
            conversation.headers.append(block)
            conversation.ended += "END_STREAM" in frame.flags
