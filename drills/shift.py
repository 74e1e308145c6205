"""Traffic moved from one version of a service to another and back, step by step, under load.

No call may fail, and after each step the share of the new version is to be what was set, as its own metrics count it.
"""

from __future__ import annotations

import asyncio
import urllib.request
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import grpc
from prometheus_client.parser import text_string_to_metric_families

from clients.cli.supervisor.ports import free_port
from drills.mesh import Mesh
from drills.outcome import Bar, Outcome
from drills.unsupervised import processes
from innkeeper.hotels.v1 import hotels_pb2, hotels_pb2_grpc
from innkeeper.registry.v1 import registry_pb2

SERVICE, NEW = "hotels", "v2"
STEPS = (0, 25, 50, 100, 75, 10, 0)
"""Percent for the new version."""

CALLS_EACH, CALLERS = 4_000, 8
NEWS = 0.5
"""Seconds that clients have to hear of a step, before it is measured."""

LARGEST_ERROR = 0.03


@dataclass(slots=True)
class Load:
    """What became of the calls."""

    calls: int = 0
    failures: Counter[str] = field(default_factory=Counter)


async def rehearse() -> Outcome:
    """`calls`, `failed`, `worst_split_error`: the largest distance of a measured share from the one that was set."""
    worst = 0.0
    ports = {variant: free_port("127.0.0.1") for variant in ("v1", NEW)}
    async with processes({"auth": 1, "search": 1}, hotels=0) as (started, mesh):
        for variant, port in ports.items():
            started.start(SERVICE, VARIANT=variant, METRICS_PORT=str(port))
        await mesh.until(SERVICE, lambda now: len(now) == len(ports))
        await started.fill(50)
        await _set(mesh, 0)
        async with loaded(mesh) as load:
            for percent in STEPS:
                await _set(mesh, percent)
                await asyncio.sleep(NEWS)
                share = await _share(ports, load)
                print(f"{NEW}={percent}: {share:.1%}")
                worst = max(worst, abs(share - percent / 100))
    for failure, count in load.failures.most_common():
        print(f"{count} × {failure}")
    return Outcome.of(
        {"calls": load.calls, "failed": load.failures.total(), "worst_split_error": worst},
        Bar(figure="failed", at_most=0),
        Bar(figure="worst_split_error", at_most=LARGEST_ERROR),
    )


@asynccontextmanager
async def loaded(mesh: Mesh) -> AsyncIterator[Load]:
    """Calls without a pause while the block lasts."""
    load, stop = Load(), asyncio.Event()
    stub = mesh.network.stub(hotels_pb2_grpc.HotelsServiceStub, None)
    hotel = (await stub.ListHotels(hotels_pb2.ListHotelsRequest(page_size=1))).hotels[0].name

    async def call() -> None:
        while not stop.is_set():
            load.calls += 1
            try:
                await stub.GetHotel(hotels_pb2.GetHotelRequest(name=hotel))
            except grpc.aio.AioRpcError as error:
                load.failures[f"{error.code().name} {error.details()}"] += 1

    callers = [asyncio.create_task(call()) for _ in range(CALLERS)]
    try:
        yield load
    finally:
        stop.set()
        await asyncio.gather(*callers)


async def _set(mesh: Mesh, percent: int) -> None:
    share = registry_pb2.Traffic.Share(variant=NEW, percent=percent)
    traffic = registry_pb2.Traffic(service=SERVICE, shares=[share])
    await mesh.registry.SetTraffic(registry_pb2.SetTrafficRequest(traffic=traffic, request_id=str(uuid.uuid4())))


async def _share(ports: dict[str, int], load: Load) -> float:
    """The share of the new version in the calls of a while."""
    before, begun = {variant: await _handled(port) for variant, port in ports.items()}, load.calls
    while load.calls < begun + CALLS_EACH:  # noqa: ASYNC110 - a number is waited for
        await asyncio.sleep(0.02)
    handled = {variant: await _handled(port) - before[variant] for variant, port in ports.items()}
    return handled[NEW] / sum(handled.values())


async def _handled(port: int) -> float:
    """The calls of GetHotel that a process has answered."""
    scraped = await asyncio.to_thread(_scraped, port)
    samples = (sample for family in text_string_to_metric_families(scraped) for sample in family.samples)
    return sum(
        sample.value
        for sample in samples
        if sample.name == "grpc_server_handled_total" and sample.labels["grpc_method"] == "GetHotel"
    )


def _scraped(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return str(answer.read(), "utf-8")
