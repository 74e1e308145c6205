"""The protocols of one port, as far as the edge itself has a part in them."""

from __future__ import annotations

import asyncio
import json

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from chassis.server.authentication import AUTHORIZATION
from innkeeper.hotels.v1.hotels_pb2 import ListHotelsRequest
from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from innkeeper.registry.v1.registry_pb2 import WatchMeshRequest
from innkeeper.registry.v1.registry_pb2_grpc import RegistryServiceStub
from services.catalogue import CATALOGUE
from tests.edge import RunningEdge

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_rest(edge: RunningEdge) -> None:
    async with edge.http() as client:
        answer = await client.get("/v1/hotels")
    assert (answer.status_code, answer.json()) == (200, {"hotels": [], "nextPageToken": ""})


async def test_grpc(edge: RunningEdge) -> None:
    async with edge.channel() as channel:
        assert not (await HotelsServiceStub(channel).ListHotels(ListHotelsRequest())).hotels


async def test_grpc_web(edge: RunningEdge) -> None:
    async with edge.http(headers={"content-type": "application/grpc-web+proto", "x-grpc-web": "1"}) as client:
        answer = await client.post("/innkeeper.hotels.v1.HotelsService/ListHotels", content=bytes(5))
    message, trailers = answer.content[:5], answer.content[5:]
    assert message == bytes(5)
    assert trailers[0] == 0x80
    assert b"grpc-status:0" in trailers


async def test_what_is_no_call_of_a_method_goes_to_web(edge: RunningEdge) -> None:
    async with edge.http() as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"healthy": True})


async def test_one_port_reflects_the_whole_platform(edge: RunningEdge) -> None:
    contracts = {service.contract.full_name for service in CATALOGUE if service.contract is not None}
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    async with edge.channel() as channel:
        call = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter([asked]))
        answer = await call.read()
    assert contracts <= {service.name for service in answer.list_services_response.service}


async def test_health_by_grpc(edge: RunningEdge) -> None:
    async with edge.channel() as channel:
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_stream_arrives_line_by_line(edge: RunningEdge) -> None:
    token = edge.platform.token("clients/operator", ["registry.read"])
    watching = "/v1/mesh:watch"
    async with edge.http(token=token) as client, asyncio.timeout(20), client.stream("GET", watching) as answer:
        assert answer.status_code == 200, await answer.aread()
        line = await anext(answer.aiter_lines())
    assert {instance["service"] for instance in json.loads(line)["instances"]} >= {"hotels", "web"}


async def test_a_stream_goes_on_by_grpc(edge: RunningEdge) -> None:
    metadata = [(AUTHORIZATION, f"Bearer {edge.platform.token('clients/operator', ['registry.read'])}")]
    async with edge.channel() as channel:
        call = RegistryServiceStub(channel).WatchMesh(WatchMeshRequest(), metadata=metadata)
        mesh = await call.read()
        call.cancel()
    assert mesh is not grpc.aio.EOF
