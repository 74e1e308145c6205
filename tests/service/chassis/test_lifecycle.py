"""A platform from its start to its last call: what it tells of itself, what keeps it from starting, how it ends."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import threading
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_channelz.v1 import channelz_pb2, channelz_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from chassis.errors import StartError
from chassis.platform import Migrated, Platform
from chassis.service import Timer
from chassis.settings import Settings
from tests.conftest import FAST, RunningPlatform, StartPlatform
from tests.toy import contract
from tests.toy.contract import message, told
from tests.toy.service import Toy, identity_of, started, toy, until

Status = health_pb2.HealthCheckResponse
SERVED = {"toy.v1.ToyService", "toy.v1.AskingService"}


@pytest.fixture
async def running(toys: StartPlatform) -> RunningPlatform:
    async def tell(request: Any) -> Any:
        return told("hello")

    return await toys(toy(lambda kit: Toy(tell=tell)), toy(name="asking"), metrics_port=0)


@pytest.fixture
async def channel(running: RunningPlatform) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(running.address) as opened:
        yield opened


async def test_it_is_healthy_service_by_service(channel: grpc.aio.Channel) -> None:
    health = health_pb2_grpc.HealthStub(channel)
    for name in ("", *SERVED):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == Status.SERVING, name
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await health.Check(health_pb2.HealthCheckRequest(service="toy.v1.Unknown"))
    assert raised.value.code() is grpc.StatusCode.NOT_FOUND


async def test_reflection_tells_of_every_service(channel: grpc.aio.Channel) -> None:
    def asks(**what: str) -> Iterator[Any]:
        yield reflection_pb2.ServerReflectionRequest(**what)

    reflection = reflection_pb2_grpc.ServerReflectionStub(channel)
    (listed,) = [answer async for answer in reflection.ServerReflectionInfo(asks(list_services=""))]
    names = {service.name for service in listed.list_services_response.service}
    assert names == {
        *SERVED,
        "innkeeper.events.v1.EventLogService",
        "grpc.health.v1.Health",
        "grpc.channelz.v1.Channelz",
        "grpc.reflection.v1alpha.ServerReflection",
    }
    for name in names:
        (found,) = [a async for a in reflection.ServerReflectionInfo(asks(file_containing_symbol=name))]
        assert found.file_descriptor_response.file_descriptor_proto, name


async def test_channelz_tells_of_the_server(channel: grpc.aio.Channel) -> None:
    servers = await channelz_pb2_grpc.ChannelzStub(channel).GetServers(channelz_pb2.GetServersRequest())
    assert len(servers.server) >= 1


async def test_metrics_tell_of_calls(running: RunningPlatform) -> None:
    stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
    await stub.Tell(message("TellRequest"))
    with pytest.raises(grpc.aio.AioRpcError):
        await stub.Tell(message("TellRequest", text="x" * 101))
    text = await asyncio.to_thread(read, f"http://{running.platform.metrics_address}/metrics")
    labels = 'grpc_method="Tell",grpc_service="toy.v1.ToyService"'
    assert sample(text, f'grpc_server_handled_total{{grpc_code="OK",{labels}}}') == 1
    assert sample(text, f'grpc_server_handled_total{{grpc_code="INVALID_ARGUMENT",{labels}}}') == 1
    assert sample(text, f"grpc_server_handling_seconds_count{{{labels}}}") == 2


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        text: str = answer.read().decode()
        return text


def sample(text: str, name: str) -> float:
    """A sample by its name and its labels in alphabetical order."""
    for line in text.splitlines():
        left, _, value = line.rpartition(" ")
        metric, _, labels = left.partition("{")
        if f"{metric}{{{','.join(sorted(labels.rstrip('}').split(',')))}}}" == name:
            return float(value)
    raise AssertionError(text)


class Draining:
    """A platform with a call in flight, which is told to stop."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.finish = asyncio.Event()
        self.ended: list[str] = []

    async def tell(self, request: Any) -> Any:
        self.begun.set()
        try:
            await self.finish.wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        self.ended.append("finished")
        return told("finished")


@pytest.mark.parametrize("patient", [True, False], ids=["which ends in time", "which does not end"])
async def test_a_call_in_flight_during_the_drain(tmp_path: Path, patient: bool) -> None:
    draining = Draining()
    service = toy(lambda kit: Toy(tell=draining.tell))
    settings = Settings.read(**{**FAST, "data_dir": tmp_path, "drain_seconds": 30 if patient else 0.1})
    identity = identity_of(service)
    stopping = AsyncExitStack()
    platform = await stopping.enter_async_context(Platform.started([service], settings, identity=identity))
    running = RunningPlatform(platform, identity, frozenset())
    stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
    async with grpc.aio.insecure_channel(platform.address) as channel:
        watching = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert (await watching.read()).status == Status.SERVING
        in_flight = asyncio.ensure_future(stub.Tell(message("TellRequest")))
        await asyncio.wait_for(draining.begun.wait(), 5)

        stop = asyncio.ensure_future(stopping.aclose())
        assert (await watching.read()).status == Status.NOT_SERVING
        if patient:
            assert not in_flight.done()
            watching.cancel()
            draining.finish.set()
            assert (await in_flight).text == "finished"
        else:
            with pytest.raises(grpc.aio.AioRpcError) as raised:
                await in_flight
            assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    await asyncio.wait_for(stop, 10)
    await running.close()
    assert draining.ended == ["finished" if patient else "cancelled"]
    with socket.create_server(("127.0.0.1", int(platform.address.rpartition(":")[2]))):
        pass  # the port is free again


async def test_services_begin_before_the_first_call(toys: StartPlatform) -> None:
    seen = []

    async def start() -> None:
        await asyncio.sleep(0)
        seen.append("started")

    async def tell(request: Any) -> Any:
        return told(", ".join(seen))

    running = await toys(toy(lambda kit: Toy(tell=tell), start=start))
    stub = running.stub(contract.toy_stub, token=running.token("users/ada", ["toys.read"]))
    assert (await stub.Tell(message("TellRequest"))).text == "started"


async def test_a_service_that_cannot_begin_leaves_nothing_behind(tmp_path: Path) -> None:
    async def start() -> None:
        raise StartError("no spring")

    before = threading.active_count()
    with pytest.raises(StartError, match="no spring"):
        async with started(tmp_path, toy(start=start), metrics_port=0):
            raise AssertionError
    assert threading.active_count() <= before
    async with started(tmp_path, toy()):
        pass


async def test_a_timer_that_fails_runs_again(toys: StartPlatform) -> None:
    runs = []

    async def run() -> None:
        runs.append(len(runs))
        if len(runs) < 3:
            raise RuntimeError("not yet")

    await toys(toy(timers=[Timer("wind", every=0.005, run=run)]))
    await until(lambda: len(runs) > 3)


def newer(data: Path) -> None:
    with sqlite3.connect(data / "toy.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0009'")
    connection.close()


def garbled(data: Path) -> None:
    (data / "toy.db").write_bytes(b"\x00garbage" * 1000)


def readable(data: Path) -> None:
    (data / "secrets" / "stored-answers").chmod(0o644)


def gone(data: Path) -> None:
    (data / "toy.db").unlink()


SPOILT = [
    pytest.param(newer, {}, ["toy.db", "0009", "newer than the code"], id="a newer database"),
    pytest.param(garbled, {}, ["toy.db", "not a database"], id="a damaged database"),
    pytest.param(readable, {}, ["secrets/stored-answers", "chmod 600"], id="a secret that others can read"),
    pytest.param(gone, {"migrate_at_start": False}, ["toy", "`innkeeper migrate`"], id="an older database"),
    pytest.param(lambda data: None, {"port": -1}, ["INNKEEPER_PORT={taken}", "taken"], id="a port that is taken"),
    pytest.param(
        lambda data: None,
        {"metrics_port": -1},
        ["INNKEEPER_METRICS_PORT={taken}", "choose another port"],
        id="a metrics port that is taken",
    ),
    pytest.param(
        lambda data: None, {"addresses": {"ghost": "127.0.0.1:1"}}, ["INNKEEPER_ADDRESSES", "ghost"], id="a ghost"
    ),
]


@pytest.mark.parametrize(("spoil", "settings", "words"), SPOILT)
async def test_what_keeps_a_platform_from_starting(
    tmp_path: Path, spoil: Callable[[Path], None], settings: dict[str, Any], words: list[str]
) -> None:
    async with started(tmp_path, toy()):
        pass
    spoil(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        chosen = {name: taken if value == -1 else value for name, value in settings.items()}
        with pytest.raises(StartError) as raised:
            async with started(tmp_path, toy(), **chosen):
                raise AssertionError
    said = str(raised.value)
    assert all(word.format(taken=taken) in said for word in words), said
    assert "\n" not in said


async def test_a_process_that_has_migrated_leaves_the_serving_to_one_started_afresh(tmp_path: Path) -> None:
    prepared: list[str] = []

    async def start() -> None:
        prepared.append("reference data")

    service = toy(start=start)
    settings = Settings.read(**{**FAST, "data_dir": tmp_path})
    identity = identity_of(service)
    with pytest.raises(Migrated):
        async with Platform.started([service], settings, identity=identity, afresh=True):
            pytest.fail("it serves")
    assert prepared == ["reference data"], "that is loaded by whoever migrates"
    async with Platform.started([service], settings, identity=identity, afresh=True) as platform:
        assert platform.address
