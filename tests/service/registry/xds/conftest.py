"""A mesh on loopback: a discovery service whose mesh the test sets, and backends that say who they are.

A trap: gRPC reads the bootstrap from the environment when the first `xds:///` channel is made, and keeps it while any
xDS client lives; those, one for each target, outlive their last channel for a moment. The next test would get hold of
a control plane that is gone. So the fixture `joined` waits until gRPC has no xDS client left, and each control plane
has a service of a name of its own.
"""

from __future__ import annotations

import asyncio
import dataclasses
import gc
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from envoy.service.status.v3.csds_pb2 import ClientStatusResponse
from grpc._cython import cygrpc

from chassis.client.xds_bootstrap import xds_bootstrap
from chassis.network import Network
from chassis.observability.tracing import Tracing
from chassis.settings import Settings
from services.registry.edge.policy import EdgePolicy
from services.registry.mesh import Instance, Mesh, Traffic
from services.registry.xds.discovery import Discovery
from tests.service.registry.xds.mute import Mute
from tests.toy import contract
from tests.toy.service import toy
from tests.unit.registry.instances import instance

SOON = 10.0
"""Seconds in which what a test waits for has to come about on a busy machine."""

Call = Callable[..., Awaitable[bytes]]


async def until(met: Callable[[], Any]) -> None:
    """Returns when the condition is met."""
    async with asyncio.timeout(SOON):
        while not met():  # noqa: ASYNC110 - what is waited for happens in gRPC
            await asyncio.sleep(0.01)


class Backend(grpc.GenericRpcHandler):
    """Answers every call with its name, at once or when it is told to, and counts them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls = 0
        self.open = asyncio.Event()
        self.open.set()
        self.status: grpc.StatusCode | None = None
        self.trailing_metadata: tuple[tuple[str, str], ...] = ()
        self.server = grpc.aio.server()
        self.server.add_generic_rpc_handlers((self,))
        self.address = f"127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"

    def service(self, handler_call_details: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(self._answer)

    def instance(self, variant: str = "v1") -> Instance:
        """This backend as it would be registered."""
        return dataclasses.replace(instance(self.name, variant=variant), address=self.address)

    async def _answer(self, request: bytes, context: Any) -> bytes:
        self.calls += 1
        await self.open.wait()
        if self.status is not None:
            await context.abort(self.status, self.name, self.trailing_metadata)
        return self.name.encode()


class ControlPlane:
    """A discovery service for the toy service, and for others of any name, on a port of its own.

    `how` is how the discovery service differs from that of everyday.
    """

    def __init__(self, service: str = "", **how: Any) -> None:
        self.server = grpc.aio.server()
        port = self.server.add_insecure_port("127.0.0.1:0")
        self.address = f"127.0.0.1:{port}"
        self.service = service or f"toy-{port}"
        self.target = f"xds:///{self.service}"
        self.mesh = Mesh()
        self.toy = dataclasses.replace(toy(), name=self.service)
        self.asking = toy(name=f"asking-{port}")
        catalogue = [self.toy, self.asking]
        self.discovery = Discovery(
            catalogue,
            lambda: self.mesh,
            lambda: datetime.now(UTC),
            EdgePolicy.of(Settings(edge_address_rate=1_000_000)),
            **how,
        )
        self.server.add_generic_rpc_handlers((self.discovery.handler(),))

    def route(self, *instances: Instance, **shares: int) -> None:
        """Has the service's calls go to these instances, split as said."""
        split = {self.service: Traffic(service=self.service, shares=shares)} if shares else {}
        self.change(instances=tuple(self.placed(instance) for instance in instances), traffic=split)

    def placed(self, instance: Instance, *, asking: bool = False) -> Instance:
        """The instance as one of the toy service, or of the asking one."""
        return dataclasses.replace(instance, service=self.asking.name if asking else self.service)

    def change(self, **changes: Any) -> None:
        """Changes the mesh, and says so."""
        self.mesh = dataclasses.replace(self.mesh, revision=self.mesh.revision + 1, **changes)
        self.discovery.changed()

    def network(self) -> Network:
        """What a process of a platform calls others by, where this control plane is the registry."""
        tracing = Tracing("test", 0.0, None)
        return Network([self.toy, self.asking], frozenset(), {}, tracing, by_registry=True)

    async def stop(self) -> None:
        self.discovery.stop()
        await self.server.stop(None)


@pytest.fixture
def how() -> dict[str, Any]:
    """How the discovery service differs from that of everyday."""
    return {}


@pytest.fixture
async def plane(how: dict[str, Any]) -> AsyncIterator[ControlPlane]:
    """A control plane with an empty mesh."""
    plane = ControlPlane(**how)
    await plane.server.start()
    yield plane
    await plane.stop()


@pytest.fixture
async def backend() -> AsyncIterator[Callable[[str], Awaitable[Backend]]]:
    """Starts backends."""
    async with AsyncExitStack() as stack:

        async def start(name: str) -> Backend:
            backend = Backend(name)
            await backend.server.start()
            stack.push_async_callback(backend.server.stop, None)
            return backend

        yield start


@pytest.fixture
async def joined(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncExitStack]:
    """Has `xds:///` targets of the test found through the control plane. What makes channels is closed on the stack."""
    monkeypatch.setenv("GRPC_XDS_BOOTSTRAP_CONFIG", xds_bootstrap(plane.address, "client-1"))
    async with AsyncExitStack() as stack:
        yield stack
    gc.collect()  # a call that failed keeps its channel, by way of the traceback
    await until(lambda: not ClientStatusResponse.FromString(cygrpc.dump_xds_configs()).config)


@pytest.fixture
async def network(plane: ControlPlane, joined: AsyncExitStack) -> Network:
    """Calls services as a process of a platform does: through all client interceptors."""
    made = plane.network()
    joined.push_async_callback(made.close)
    return made


@pytest.fixture
async def channel(joined: AsyncExitStack) -> Callable[[str], grpc.aio.Channel]:
    """Makes channels that find their service through the control plane; closed after the test."""

    def make(target: str) -> grpc.aio.Channel:
        made = grpc.aio.insecure_channel(target)
        joined.push_async_callback(made.close)
        return made

    return make


def calling(channel: grpc.aio.Channel, method: str = "Tell") -> Call:
    """Calls a method of the toy service, raw, and waits for an instance to be there."""
    call = channel.unary_unary(contract.method(method).path)

    async def send(**options: Any) -> bytes:
        answer: bytes = await call(b"", **{"timeout": SOON, "wait_for_ready": True, **options})
        return answer

    return send


async def held_by(mute: Mute, call: Call) -> list[asyncio.Task[bytes]]:
    """Calls under way, of which that instance has at least one."""
    calls: list[asyncio.Task[bytes]] = []
    async with asyncio.timeout(SOON):
        while not mute.called.done():
            calls.append(asyncio.create_task(call()))
            await asyncio.sleep(0.01)
    return calls


async def answers(call: Call, count: int) -> Counter[str]:
    """Who answered so many calls at once. None of them may fail."""
    return Counter(answer.decode() for answer in await asyncio.gather(*(call() for _ in range(count))))


async def led_to(call: Call, names: set[str]) -> None:
    """Returns when calls go to these backends and no others."""
    async with asyncio.timeout(SOON):
        while set(await answers(call, 30)) != names:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
