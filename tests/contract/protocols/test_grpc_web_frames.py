"""Frames of gRPC-Web are read however the body comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from tests.contract.protocols.grpc_web import TRAILERS, frame, frames, trailers

BODY = frame(b"one") + frame(b"") + frame(b"grpc-status: 0\r\ngrpc-message:\r\n", TRAILERS)


async def in_pieces(pieces: Sequence[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@pytest.mark.parametrize("size", [1, 4, 1000])
async def test_a_body_in_pieces(size: int) -> None:
    pieces = [BODY[at : at + size] for at in range(0, len(BODY), size)]
    read = [each async for each in frames(in_pieces(pieces))]
    assert [flags for flags, _ in read] == [0, 0, TRAILERS]
    assert [content for _, content in read][:2] == [b"one", b""]
    assert trailers(read[2][1]) == {"grpc-status": "0", "grpc-message": ""}


async def test_a_body_that_breaks_off() -> None:
    with pytest.raises(ValueError, match="breaks off"):
        _ = [each async for each in frames(in_pieces([BODY[:-1]]))]
