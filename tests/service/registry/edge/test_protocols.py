"""The three protocols of one port, as far as the edge itself has a part in them."""

from __future__ import annotations

import pytest

from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from tests.edge import RunningEdge

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_rest(edge: RunningEdge) -> None:
    async with edge.http() as client:
        answer = await client.get("/v1/hotels")
    assert (answer.status_code, answer.json()) == (200, {"hotels": [], "nextPageToken": ""})


async def test_grpc(edge: RunningEdge) -> None:
    async with edge.channel() as channel:
        assert not (await HotelsServiceStub(channel).ListHotels(ListHotelsRequest())).hotels


async def test_what_is_no_call_of_a_method_goes_to_web(edge: RunningEdge) -> None:
    async with edge.http() as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"healthy": True})
