"""Calls that fail because a fault was set: each protocol says the status in its own form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from chassis.http.status import HTTP_CODES
from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from innkeeper.registry.v1.registry_pb2 import Fault, SetFaultRequest
from innkeeper.registry.v1.registry_pb2_grpc import RegistryServiceStub
from services.registry.edge.local_replies import REHEARSED
from tests.edge import RunningEdge, platform_behind_edge
from tests.service.registry.conftest import key
from tests.service.registry.edge.echo import ECHO

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def faulty(tmp_path_factory: pytest.TempPathFactory, envoy: Path) -> AsyncIterator[RunningEdge]:
    """An edge of its own, as faults are everybody's."""
    directory = tmp_path_factory.mktemp("faulty") / "data"
    async with platform_behind_edge(directory, ("registry", "hotels", "web"), altered={"web": ECHO}) as edge:
        yield edge


@pytest.mark.parametrize("code", HTTP_CODES, ids=lambda code: code.name)
async def test_an_abort(faulty: RunningEdge, code: grpc.StatusCode) -> None:
    number, _ = code.value
    registry = faulty.platform.inside(RegistryServiceStub, as_service="operator", staff=True)
    fault = Fault(service="hotels", method="ListHotels", abort_code=number, percent=100)
    await registry.SetFault(SetFaultRequest(fault=fault, request_id=key()))
    async with faulty.http() as client, faulty.channel() as channel:
        expected = {"code": number, "message": REHEARSED, "details": []}
        async with asyncio.timeout(20):
            while (answer := await client.get("/v1/hotels")).json() != expected:
                pass  # until the routes are there
        assert answer.status_code == HTTP_CODES[code]
        assert answer.headers["content-type"] == "application/json"
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await HotelsServiceStub(channel).ListHotels(ListHotelsRequest())
        assert (raised.value.code(), raised.value.details()) == (code, REHEARSED)
        web = await client.post(
            "/innkeeper.hotels.v1.HotelsService/ListHotels",
            headers={"content-type": "application/grpc-web+proto"},
            content=bytes(5),
        )
        assert (web.status_code, web.headers["grpc-status"]) == (200, str(number))
        assert web.headers["content-type"].startswith("application/grpc-web")
