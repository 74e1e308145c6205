"""Traffic, faults and limits are set, replaced, and taken away again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration

from innkeeper.registry.v1 import registry_pb2
from innkeeper.registry.v1.registry_pb2 import Fault, Limits, Traffic
from innkeeper.registry.v1.registry_pb2_grpc import RegistryServiceStub
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.service.registry.conftest import key, registered, registration, stub_of

INVALID_ARGUMENT = grpc.StatusCode.INVALID_ARGUMENT
NOT_FOUND = grpc.StatusCode.NOT_FOUND
DELAY = Duration(nanos=500_000_000)


def traffic(**percent: int) -> registry_pb2.SetTrafficRequest:
    shares = [Traffic.Share(variant=variant, percent=share) for variant, share in percent.items()]
    return registry_pb2.SetTrafficRequest(traffic=Traffic(service="hotels", shares=shares), request_id=key())


def fault(method: str = "GetHotel", **fields: object) -> registry_pb2.SetFaultRequest:
    described = Fault(service="hotels", method=method, **fields)  # type: ignore[arg-type]
    return registry_pb2.SetFaultRequest(fault=described, request_id=key())


def limits(limit: int, service: str = "hotels") -> registry_pb2.SetLimitsRequest:
    return registry_pb2.SetLimitsRequest(limits=Limits(service=service, max_calls_in_flight=limit), request_id=key())


async def mesh(stub: RegistryServiceStub) -> registry_pb2.Mesh:
    return await stub.GetMesh(registry_pb2.GetMeshRequest())


async def test_traffic(stub: RegistryServiceStub) -> None:
    await stub.SetTraffic(traffic(v2=10, v3=20))
    changed = await stub.SetTraffic(traffic(v2=30))
    assert list((await mesh(stub)).traffic) == [changed] == [traffic(v2=30).traffic]
    await stub.SetTraffic(traffic())
    assert not (await mesh(stub)).traffic


async def test_faults(stub: RegistryServiceStub) -> None:
    await stub.SetFault(fault(delay=DELAY, percent=20))
    aborting = await stub.SetFault(fault("ListHotels", abort_code=14, percent=100))
    slower = await stub.SetFault(fault(delay=Duration(seconds=2), percent=1))
    assert list((await mesh(stub)).faults) == [slower, aborting]
    await stub.SetFault(fault(percent=0))
    assert list((await mesh(stub)).faults) == [aborting]


async def test_limits(stub: RegistryServiceStub) -> None:
    await stub.SetLimits(limits(5))
    await stub.SetLimits(limits(7))
    assert list((await mesh(stub)).limits) == [limits(7).limits]
    await stub.SetLimits(limits(0))
    assert not (await mesh(stub)).limits


async def test_a_repeated_command_takes_effect_once(stub: RegistryServiceStub) -> None:
    request = traffic(v2=10)
    await stub.SetTraffic(request)
    revision = (await mesh(stub)).revision
    assert await stub.SetTraffic(request) == request.traffic
    assert (await mesh(stub)).revision == revision


REFUSED: dict[str, tuple[Callable[[RegistryServiceStub], Awaitable[object]], grpc.StatusCode, str]] = {
    "more than the whole": (lambda stub: stub.SetTraffic(traffic(v1=60, v2=50)), INVALID_ARGUMENT, "SHARES_TOO_LARGE"),
    "a variant twice": (
        lambda stub: stub.SetTraffic(
            registry_pb2.SetTrafficRequest(
                traffic=Traffic(service="hotels", shares=[Traffic.Share(variant="v2", percent=1)] * 2),
                request_id=key(),
            )
        ),
        INVALID_ARGUMENT,
        "INVALID_FIELD",
    ),
    "no such method": (lambda stub: stub.SetFault(fault("MakeHotel", percent=0)), NOT_FOUND, "METHOD_UNKNOWN"),
    "a fault without effect": (lambda stub: stub.SetFault(fault(percent=5)), INVALID_ARGUMENT, "FAULT_EMPTY"),
    "no such service": (lambda stub: stub.SetLimits(limits(5, "hotel")), NOT_FOUND, "SERVICE_UNKNOWN"),
}


@pytest.mark.parametrize(("call", "code", "reason"), REFUSED.values(), ids=REFUSED)
async def test_what_is_refused(
    stub: RegistryServiceStub,
    call: Callable[[RegistryServiceStub], Awaitable[object]],
    code: grpc.StatusCode,
    reason: str,
) -> None:
    before = (await mesh(stub)).revision
    async with refused(code, reason):
        await call(stub)
    assert (await mesh(stub)).revision == before


async def test_whoever_watches_hears_of_changes(stub: RegistryServiceStub) -> None:
    async with aclosing(stub.WatchMesh(registry_pb2.WatchMeshRequest())) as watched:
        first = await anext(watched)
        await stub.SetLimits(limits(5))
        second = await anext(watched)
        assert second.revision > first.revision
        assert list(second.limits) == [limits(5).limits]
        async with registered(stub, registration(1)) as instance:
            third = await anext(watched)
            assert [it.name for it in third.instances if it.service == "hotels"] == [instance.name]


async def test_another_registry_on_the_same_database_follows(
    platform: StartPlatform, running: RunningPlatform, stub: RegistryServiceStub
) -> None:
    other = stub_of(await platform("registry", elsewhere=["hotels"]))
    async with aclosing(other.WatchMesh(registry_pb2.WatchMeshRequest())) as watched, asyncio.timeout(10):
        await anext(watched)
        await stub.SetTraffic(traffic(v2=10))
        assert list((await anext(watched)).traffic) == [traffic(v2=10).traffic]


async def test_the_policy_outlasts_the_registry(platform: StartPlatform, running: RunningPlatform) -> None:
    await stub_of(running).SetTraffic(traffic(v2=10))
    await stub_of(running).SetFault(fault(delay=DELAY, percent=20))
    kept = await mesh(stub_of(await platform("registry", elsewhere=["hotels"])))
    assert list(kept.traffic) == [traffic(v2=10).traffic]
    assert list(kept.faults) == [fault(delay=DELAY, percent=20).fault]
