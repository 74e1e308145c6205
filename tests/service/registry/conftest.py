"""A registry, and instances of one service elsewhere that register."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from chassis.contract_digest import descriptors_of, digest_of
from innkeeper.hotels.v1 import hotels_pb2
from innkeeper.registry.v1 import registry_pb2
from innkeeper.registry.v1.registry_pb2_grpc import RegistryServiceStub
from tests.conftest import RunningPlatform, StartPlatform

HOTELS = descriptors_of(hotels_pb2.DESCRIPTOR.services_by_name["HotelsService"])
SCOPES = ("internal", "registry.instances", "registry.read", "registry.write")


def key() -> str:
    return str(uuid.uuid4())


def registration(port: int, *, name: str = "", **changes: Any) -> registry_pb2.RegisterInstanceRequest:
    """Registers an instance of hotels on that port; `changes` are fields of the instance."""
    instance = registry_pb2.Instance(
        name=f"instances/{name or uuid.uuid4()}",
        service="hotels",
        address=f"127.0.0.1:{port}",
        variant="v1",
        contract_digest=digest_of(HOTELS),
    )
    instance.MergeFrom(registry_pb2.Instance(**changes))
    return registry_pb2.RegisterInstanceRequest(instance=instance, descriptors=HOTELS, request_id=key())


@pytest.fixture
async def running(platform: StartPlatform) -> RunningPlatform:
    return await platform("registry", elsewhere=["hotels"])


def stub_of(running: RunningPlatform) -> RegistryServiceStub:
    """A stub that may do everything with the registry."""
    return running.stub(RegistryServiceStub, token=running.token("clients/hotels", SCOPES))


@pytest.fixture
def stub(running: RunningPlatform) -> RegistryServiceStub:
    return stub_of(running)


@asynccontextmanager
async def registered(
    stub: RegistryServiceStub, request: registry_pb2.RegisterInstanceRequest
) -> AsyncIterator[registry_pb2.Instance]:
    """The instance is registered while the block lasts."""
    async with aclosing(stub.RegisterInstance(request)) as leases:
        yield (await anext(leases)).instance


async def ports(stub: RegistryServiceStub) -> set[int]:
    """On which ports the instances of hotels are that are known."""
    mesh = await stub.GetMesh(registry_pb2.GetMeshRequest())
    return {int(known.address.rpartition(":")[2]) for known in mesh.instances if known.service == "hotels"}


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Returns when the condition holds; fails where it does not in time."""
    async with asyncio.timeout(30):
        while not await condition():  # noqa: ASYNC110 - what is waited for happens in the database
            await asyncio.sleep(0.02)
