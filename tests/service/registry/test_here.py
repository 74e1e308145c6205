"""A process that has the registry itself: what it serves is registered, without anybody being told where the registry
is, and whoever asks it what there is hears of the whole platform."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from chassis.contracts import contracts
from chassis.security.service_clients import OF_PROCESSES
from innkeeper.registry.v1 import registry_pb2
from services.catalogue import CATALOGUE
from tests.conftest import RunningPlatform, StartPlatform, started
from tests.service.registry.conftest import stub_of

ELSEWHERE = ("hotels", "auth", "booking")
OF_PROCESS = {contract.full_name for contract in OF_PROCESSES}
CONTRACTS = {name: contract.full_name for name, contract in contracts(CATALOGUE).items()}


async def listed(running: RunningPlatform) -> set[str]:
    """The contracts that reflection tells of, those of gRPC itself left out."""

    def asks() -> Iterator[Any]:
        yield reflection_pb2.ServerReflectionRequest(list_services="")

    async with grpc.aio.insecure_channel(running.address) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        (answer,) = [answer async for answer in stub.ServerReflectionInfo(asks())]
    names = {service.name for service in answer.list_services_response.service}
    return {name for name in names if not name.startswith("grpc.")}


async def test_what_runs_beside_the_registry_is_registered(platform: StartPlatform) -> None:
    running = await platform("registry", "users", "web", elsewhere=ELSEWHERE)
    found = await stub_of(running).ListInstances(registry_pb2.ListInstancesRequest())
    assert {instance.service: instance.address for instance in found.instances} == {
        "registry": running.address,
        "users": running.address,
        "web": running.platform.http_address,
    }


async def test_a_stop_withdraws_it_and_waits_for_nobody(platform: StartPlatform, tmp_path: Path) -> None:
    async with AsyncExitStack() as stopping:
        names = ["registry", "users", "web"]
        settings: dict[str, Any] = {"elsewhere": ELSEWHERE, "drain_news_seconds": 30}
        await stopping.enter_async_context(started(tmp_path / "data", names, **settings))
        stopped_at = time.monotonic()
    assert time.monotonic() - stopped_at < 10
    next_one = await platform("registry", elsewhere=["users", "web", *ELSEWHERE], data_dir=tmp_path / "data")
    found = await stub_of(next_one).ListInstances(registry_pb2.ListInstancesRequest())
    assert [instance.service for instance in found.instances] == ["registry"]


async def test_reflection_tells_of_the_whole_platform_there_alone(platform: StartPlatform, tmp_path: Path) -> None:
    with_registry = await platform("registry", "users", elsewhere=["hotels"])
    assert await listed(with_registry) == OF_PROCESS | {CONTRACTS[name] for name in ("registry", "users", "hotels")}
    without = await platform("users", elsewhere=["hotels", "registry"], data_dir=tmp_path / "other")
    assert await listed(without) == OF_PROCESS | {CONTRACTS["users"]}
