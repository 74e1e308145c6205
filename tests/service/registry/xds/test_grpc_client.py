"""A gRPC client that finds the toy service through the control plane."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import grpc
import pytest

from chassis.client.retry import ATTEMPTS, NEVER_AGAIN, NO_RETRY, PUSHBACK
from chassis.client.xds_bootstrap import xds_bootstrap
from services.registry.mesh import Fault
from tests.service.registry.xds.conftest import Backend, ControlPlane, answers, calling, held_by, led_to, until
from tests.service.registry.xds.mute import mute

StartBackend = Callable[[str], Awaitable[Backend]]
MakeChannel = Callable[[str], grpc.aio.Channel]


async def test_calls_go_round_all_instances(plane: ControlPlane, backend: StartBackend, channel: MakeChannel) -> None:
    plane.route((await backend("one")).instance(), (await backend("two")).instance())
    call = calling(channel(plane.target))
    await led_to(call, {"one", "two"})
    assert await answers(call, 100) == {"one": 50, "two": 50}


async def test_a_split_is_followed_there_and_back_without_a_failed_call(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel
) -> None:
    plane.route((await backend("old")).instance(), (await backend("new")).instance("v2"), v2=0)
    call = calling(channel(plane.target))
    await led_to(call, {"old"})
    done = asyncio.Event()

    async def load() -> None:
        while not done.is_set():
            await call(wait_for_ready=False)

    callers = [asyncio.create_task(load()) for _ in range(4)]
    for percent, names in ((100, {"new"}), (50, {"old", "new"}), (0, {"old"})):
        plane.route(*plane.mesh.instances, v2=percent)
        await led_to(call, names)
    done.set()
    await asyncio.gather(*callers)


async def test_shares_are_kept(plane: ControlPlane, backend: StartBackend, channel: MakeChannel) -> None:
    plane.route((await backend("old")).instance(), (await backend("new")).instance("v2"), v2=20)
    call = calling(channel(plane.target))
    await led_to(call, {"old", "new"})
    assert 100 < (await answers(call, 1000))["new"] < 300, "200 are due; 100 off is eight standard deviations"


async def test_a_fault_delays_and_aborts_the_same_calls(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel
) -> None:
    one = await backend("one")
    plane.route(one.instance())
    call = calling(channel(plane.target))
    await led_to(call, {"one"})
    fault = Fault(service=plane.service, method="Tell", delay=0.2, abort_code=8, percent=50)
    plane.change(faults={(plane.service, "Tell"): fault})

    async def outcome() -> tuple[bool, bool]:
        begun = time.monotonic()
        try:
            await call()
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise
            return True, time.monotonic() - begun >= 0.2
        return False, False

    async with asyncio.timeout(10):
        while not (await outcome())[0]:
            pass
    one.calls = 0
    outcomes = await asyncio.gather(*(outcome() for _ in range(200)))
    assert {*outcomes} == {(True, True), (False, False)}, "who is aborted was held back before"
    aborted = sum(aborted for aborted, _ in outcomes)
    assert one.calls == 200 - aborted, "an aborted call does not go out"
    assert 40 < aborted < 160
    assert await answers(calling(channel(plane.target), "Keep"), 20) == {"one": 20}, "other methods are spared"


async def test_a_limit(plane: ControlPlane, backend: StartBackend, channel: MakeChannel) -> None:
    one = await backend("one")
    plane.route(one.instance())
    plane.change(limits={plane.service: 3})
    call = calling(channel(plane.target), "Draw")
    await call()
    one.open.clear()
    held = [asyncio.create_task(call()) for _ in range(3)]
    await until(lambda: one.calls == 4)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call()
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    one.open.set()
    assert await asyncio.gather(*held) == [b"one"] * 3


TRIES = [
    pytest.param("Tell", (), ATTEMPTS, id="a method that can be repeated"),
    pytest.param("Tell", ((NO_RETRY, "1"),), 1, id="the same when the budget is used up"),
    pytest.param("Draw", (), 1, id="one that cannot"),
]


@pytest.mark.parametrize(("method", "metadata", "tries"), TRIES)
async def test_how_often_a_call_is_tried(
    plane: ControlPlane,
    backend: StartBackend,
    channel: MakeChannel,
    method: str,
    metadata: tuple[tuple[str, str], ...],
    tries: int,
) -> None:
    one = await backend("one")
    one.status = grpc.StatusCode.UNAVAILABLE
    plane.route(one.instance())
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await calling(channel(plane.target), method)(metadata=metadata)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    assert one.calls == tries


async def test_who_is_told_when_to_come_back_waits_so_long_and_goes_elsewhere(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel
) -> None:
    one, two = await backend("one"), await backend("two")
    plane.route(one.instance(), two.instance())
    call = calling(channel(plane.target))
    await led_to(call, {"one", "two"})
    one.status, one.trailing_metadata = grpc.StatusCode.UNAVAILABLE, ((PUSHBACK, "200"),)
    one.calls = 0

    async def took() -> float:
        begun = time.monotonic()
        assert await call() == b"two"
        return time.monotonic() - begun

    assert [await took() >= 0.2 for _ in range(4)].count(True) == one.calls > 0


async def test_who_is_told_not_to_come_back_does_not(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel
) -> None:
    one = await backend("one")
    one.status, one.trailing_metadata = grpc.StatusCode.UNAVAILABLE, (NEVER_AGAIN,)
    plane.route(one.instance())
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await calling(channel(plane.target))()
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    assert one.calls == 1


async def test_a_killed_instance_costs_no_call(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel
) -> None:
    call = calling(channel(plane.target))
    async with mute() as one:
        plane.route(one.instance(), (await backend("two")).instance())
        held = await held_by(one, call)
        await one.kill()
        assert set(await asyncio.gather(*held)) == {b"two"}
        assert await answers(call, 50) == {"two": 50}


async def test_the_contracts_deadline_holds_for_who_sets_none(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel
) -> None:
    one = await backend("one")
    plane.route(one.instance())
    call = channel(plane.target)
    await led_to(calling(call), {"one"})
    one.open.clear()
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await calling(call, "TellSoon")(timeout=None)
    assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    one.open.set()


async def test_no_call_is_cut_before_the_contracts_deadline(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel
) -> None:
    """gRPC itself would cut it between one and two seconds too early: the contract gives `Tell` five."""
    one = await backend("one")
    plane.route(one.instance())
    call = calling(channel(plane.target))
    await led_to(call, {"one"})
    one.open.clear()
    held = asyncio.ensure_future(call(timeout=None))
    await asyncio.sleep(4.1)
    one.open.set()
    assert await held == b"one"


async def test_a_service_without_instances_is_waited_for(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel
) -> None:
    call = calling(channel(plane.target), "Draw")
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call(wait_for_ready=False)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    waiting = asyncio.create_task(call())
    plane.route((await backend("one")).instance())
    assert await waiting == b"one"


@pytest.mark.parametrize("wait_for_ready", [False, True])
async def test_an_unknown_service_fails_at_once(
    plane: ControlPlane, channel: MakeChannel, *, wait_for_ready: bool
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await calling(channel(f"{plane.target}-unknown"))(wait_for_ready=wait_for_ready)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    assert "No matching route" in str(raised.value.details())


async def test_without_a_control_plane_a_client_goes_on(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel
) -> None:
    plane.route((await backend("one")).instance(), (await backend("two")).instance())
    call = calling(channel(plane.target))
    await led_to(call, {"one", "two"})
    assert list(plane.discovery.clients) == ["client-1"]
    await plane.stop()
    await until(lambda: not plane.discovery.clients)
    assert await answers(call, 50) == {"one": 25, "two": 25}
    assert not plane.discovery.rejections


async def test_a_second_registry_takes_over(
    plane: ControlPlane, backend: StartBackend, channel: MakeChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ControlPlane(plane.service)
    await other.server.start()
    monkeypatch.setenv("GRPC_XDS_BOOTSTRAP_CONFIG", xds_bootstrap(f"{plane.address},{other.address}", "client-1"))
    one, two = await backend("one"), await backend("two")
    plane.route(one.instance())
    call = calling(channel(plane.target))
    await led_to(call, {"one"})
    await plane.stop()
    other.route(two.instance())
    await led_to(call, {"two"})
    await other.stop()
