"""A call over two hops, the last of which fails: who tries it again, and how often in all."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from chassis.client.retry import ATTEMPTS
from chassis.network import Network
from tests.errors import refused
from tests.identity import TestIdentity
from tests.service.registry.xds.conftest import SOON, Backend, ControlPlane
from tests.toy import contract
from tests.toy.contract import message
from tests.toy.service import Toy, started, toy
from tests.unit.registry.instances import instance

StartBackend = Callable[[str], Awaitable[Backend]]


@pytest.fixture
async def last(plane: ControlPlane, backend: StartBackend) -> Backend:
    """The only instance of the toy service, which answers nobody for now."""
    last = await backend("last")
    last.status = grpc.StatusCode.UNAVAILABLE
    plane.route(last.instance())
    return last


@pytest.fixture
async def front(plane: ControlPlane, last: Backend, network: Network, tmp_path: Path) -> AsyncIterator[contract.Stub]:
    """What calls the asking service by, which asks the toy service; both are found through the control plane."""
    toys = network.stub(contract.toy_stub, None)
    asking = toy(lambda kit: Toy(ask=lambda request: toys.Tell(request)), name=plane.asking.name)
    identity = TestIdentity(lambda client: {"asking.read"})
    async with started(tmp_path, asking, identity=identity) as running:
        asks = dataclasses.replace(plane.placed(instance("asks"), asking=True), address=running.address)
        plane.change(instances=(*plane.mesh.instances, asks))
        yield network.stub(contract.asking_stub, identity.tokens("someone"))


async def test_only_the_hop_that_fails_tries_again(front: contract.Stub, last: Backend) -> None:
    async with refused(grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"):
        await front.Ask(message("TellRequest"), timeout=SOON)
    assert last.calls == ATTEMPTS


async def test_calls_to_what_is_away_soon_go_out_once(front: contract.Stub, last: Backend) -> None:
    calls = 8
    for _ in range(calls):
        async with refused(grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"):
            await front.Ask(message("TellRequest"), timeout=SOON)
    assert last.calls == 2 * ATTEMPTS + calls - 2, (
        "after two calls with all tries the budget of the hop below allows one"
    )


async def test_a_method_that_is_not_to_be_repeated_is_tried_once(last: Backend, network: Network) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await network.stub(contract.toy_stub, None).Draw(Empty(), timeout=SOON)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    assert last.calls == 1
