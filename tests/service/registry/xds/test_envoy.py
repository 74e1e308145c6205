"""Envoy, led by the same control plane as gRPC clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import grpc
import pytest

from services.registry.mesh import Fault
from tests.edge import running_envoy
from tests.service.registry.xds.conftest import (
    Backend,
    ControlPlane,
    answers,
    calling,
    held_by,
    led_to,
    until,
)
from tests.service.registry.xds.mute import mute

pytestmark = pytest.mark.usefixtures("envoy")

StartBackend = Callable[[str], Awaitable[Backend]]


@asynccontextmanager
async def envoy_of(plane: ControlPlane) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to an Envoy that gets its configuration from the control plane. Without a token, it carries calls of
    methods that are open to all."""
    async with running_envoy(plane.address, node_id="envoy-1") as running, running.channel() as channel:
        await asyncio.wait_for(channel.channel_ready(), 20)
        yield channel


async def test_an_envoy_carries_calls_and_follows_a_split(plane: ControlPlane, backend: StartBackend) -> None:
    old, new = await backend("old"), await backend("new")
    plane.route(old.instance(), new.instance("v2"))
    async with envoy_of(plane) as channel:
        call = calling(channel, "Greet")
        await led_to(call, {"old", "new"})
        done = asyncio.Event()

        async def load() -> None:
            while not done.is_set():
                await call()

        callers = [asyncio.create_task(load()) for _ in range(2)]
        for percent, names in ((100, {"new"}), (0, {"old"})):
            plane.route(*plane.mesh.instances, v2=percent)
            await led_to(call, names)
        plane.route(new.instance("v2"), v2=100)
        await led_to(call, {"new"})
        plane.route(old.instance(), v2=100)
        await led_to(call, {"old"})
        done.set()
        await asyncio.gather(*callers)
        assert list(plane.discovery.clients) == ["envoy-1"]
        assert list(plane.discovery.rejections) == []


async def test_an_envoy_makes_calls_again_that_a_killed_instance_had(
    plane: ControlPlane, backend: StartBackend
) -> None:
    async with mute() as one:
        plane.route(one.instance(), (await backend("two")).instance())
        async with envoy_of(plane) as channel:
            held = await held_by(one, calling(channel, "Greet"))
            await one.kill()
            assert set(await asyncio.gather(*held)) == {b"two"}


async def test_an_envoy_fails_as_the_contract_and_the_mesh_say(plane: ControlPlane, backend: StartBackend) -> None:
    one = await backend("one")
    plane.route(one.instance())
    async with envoy_of(plane) as channel:
        await led_to(calling(channel, "Greet"), {"one"})
        one.calls, one.status = 0, grpc.StatusCode.UNAVAILABLE
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await calling(channel, "Greet")()
        assert (raised.value.code(), one.calls) == (grpc.StatusCode.UNAVAILABLE, 1), "it was answered"
        one.status = None
        one.open.clear()
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await calling(channel, "GreetSoon")(timeout=None)
        assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED, "Envoy or the backend, whoever is first"
        one.open.set()
        fault = Fault(service=plane.service, method="GreetSoon", delay=0.01, abort_code=8, percent=100)
        plane.change(faults={(plane.service, "GreetSoon"): fault})

        async def aborted() -> bool:
            try:
                await calling(channel, "GreetSoon")()
            except grpc.aio.AioRpcError as error:
                return error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            return False

        async with asyncio.timeout(10):
            while not await aborted():
                pass
        assert await answers(calling(channel, "Greet"), 10) == {"one": 10}
        await until(lambda: not plane.discovery.rejections)
