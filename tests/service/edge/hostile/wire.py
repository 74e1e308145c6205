"""Bytes to the edge and back, with no client between that would refuse to send what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `status` of HTTP, 0 where the connection was closed without one."""

    status: int
    head: str
    body: bytes

    @property
    def refused(self) -> bool:
        """Whether it says that the sender is to blame, or is no answer at all."""
        return self.status == 0 or 400 <= self.status < 500


class Wire:
    """A connection to the edge."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.port: int = writer.get_extra_info("sockname")[1]

    @property
    def hung_up(self) -> bool:
        """Whether an answer, or the end, is there already."""
        return bool(self.reader.at_eof() or self.reader._buffer or self.writer.is_closing())  # type: ignore[attr-defined]

    async def send(self, data: bytes) -> None:
        """Sends bytes as they are; whether the other side still reads them shows in what it answers."""
        with suppress(ConnectionError, TimeoutError):
            self.writer.write(data)
            async with asyncio.timeout(PATIENCE):
                await self.writer.drain()

    async def answer(self) -> Answer:
        """The next answer of HTTP/1.1. Raises TimeoutError where neither it nor the end comes in time."""
        async with asyncio.timeout(PATIENCE):
            try:
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            except (asyncio.IncompleteReadError, ConnectionError):
                return Answer(0, "", b"")
            status = int(head.split(" ", 2)[1])
            length = _header(head, "content-length")
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                return Answer(status, head, await self.reader.readexactly(int(length or 0)))
            return Answer(status, head, b"")

    async def some(self, patience: float) -> bytes:
        """What comes next; nothing where the other side has hung up. Raises TimeoutError where nothing comes."""
        async with asyncio.timeout(patience):
            try:
                return await self.reader.read(1 << 16)
            except ConnectionError:
                return b""

    async def ended(self) -> bytes:
        """All that still comes until the other side hangs up. Raises TimeoutError where it does not."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[Wire]:
    """A connection of its own, for as long as the block lasts."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def request(
    line: bytes = b"GET /v1/hotels HTTP/1.1", *headers: bytes, body: bytes = b"", host: bool = True, length: bool = True
) -> bytes:
    """A request of HTTP/1.1, as it is said and no better; `host` and `length` (of a body) add the headers that a good
    one has."""
    usual = [b"host: edge.test"] if host else []
    sized = [b"content-length: %d" % len(body)] if body and length else []
    return _lines([line, *usual, *headers, *sized]) + body


def _lines(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def _header(head: str, name: str) -> str:
    pairs = (line.partition(":") for line in head.split("\r\n")[1:])
    return next((value.strip() for key, _, value in pairs if key.lower() == name), "")
