"""A client that calls methods by gRPC-Web, as browsers do: frames in the bodies of HTTP/1.1, and the trailers are one.

https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
"""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, Final
from urllib.parse import unquote

import httpx
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status

from chassis.policy import Method
from tests.contract.calls.world import Metadata
from tests.contract.protocols.outcome import UNKNOWN, Failed

PREFIX: Final = struct.Struct("!BI")
TRAILERS: Final = 0x80
BINARY, TEXT = "application/grpc-web+proto", "application/grpc-web-text+proto"


class GrpcWebClient:
    """Calls at that address; as text, where bodies are in base64."""

    def __init__(self, http: httpx.AsyncClient, *, text: bool = False) -> None:
        self._http = http
        self._text = text

    async def call(self, method: Method, request: Message, metadata: Metadata = ()) -> Any:
        """The answer, of a stream the first. Raises Failed."""
        async with aclosing(self.stream(method, request, metadata)) as answers:
            async for answer in answers:
                return answer
        raise AssertionError(f"{method.path} ended without an answer")

    async def stream(self, method: Method, request: Message, metadata: Metadata = ()) -> AsyncGenerator[Message, None]:
        """Each message of the answer. Raises Failed."""
        framed = frame(request.SerializeToString())
        kind = TEXT if self._text else BINARY
        headers = [("content-type", kind), ("accept", kind), ("x-grpc-web", "1"), *metadata]
        body = b64encode(framed) if self._text else framed
        async with self._http.stream("POST", method.path, headers=headers, content=body) as response:
            _end(response.headers, response.status_code)
            assert response.headers["content-type"].startswith(kind.partition("+")[0]), response.headers
            async with aclosing(frames(_decoded(response.aiter_raw()) if self._text else response.aiter_raw())) as read:
                async for flags, content in read:
                    if flags & TRAILERS:
                        _end(trailers(content), response.status_code)
                        return
                    yield method.response_class.FromString(content)


def frame(message: bytes, flags: int = 0) -> bytes:
    """A message with its prefix: flags, and the length."""
    return PREFIX.pack(flags, len(message)) + message


async def frames(chunks: AsyncIterator[bytes]) -> AsyncGenerator[tuple[int, bytes], None]:
    """Flags and content of each frame of a body. Raises ValueError where the body breaks off."""
    read = b""
    async for chunk in chunks:
        read += chunk
        while len(read) >= PREFIX.size and len(read) >= PREFIX.size + PREFIX.unpack_from(read)[1]:
            flags, length = PREFIX.unpack_from(read)
            yield flags, read[PREFIX.size : PREFIX.size + length]
            read = read[PREFIX.size + length :]
    if read:
        raise ValueError(f"the body breaks off after {read!r}")


async def _decoded(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A body in base64, pieces of which may each have padding of their own."""
    read = b""
    async for chunk in chunks:
        read += chunk
        whole = len(read) // 4 * 4
        yield b"".join(b64decode(read[at : at + 4]) for at in range(0, whole, 4))
        read = read[whole:]


def trailers(content: bytes) -> dict[str, str]:
    """The trailers that a frame holds."""
    pairs = (line.partition(":") for line in content.decode("ascii").split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _end(said: Mapping[str, str], http_status: int) -> None:
    """Raises Failed where headers or trailers tell of a status that is not OK."""
    code = said.get("grpc-status")
    if code == "0" or (code is None and http_status == httpx.codes.OK):
        return
    details = said.get("grpc-status-details-bin", "")
    status = Status.FromString(b64decode(details + "=" * (-len(details) % 4)))
    if not status.code:
        status = Status(code=int(code or UNKNOWN), message=unquote(said.get("grpc-message", "")))
    assert str(status.code) == code
    raise Failed.of(status, http_status)
