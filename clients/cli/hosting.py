"""Runs services in this process until it is told to stop.

One that finds others through a registry sets gRPC up for that before the first channel. Whoever started the process is
told when it is ready (`clients.cli.readiness`): a person on standard output, unless there is a supervisor to do so.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager, nullcontext

import uvloop

from chassis.addresses import joined, nearby, parted
from chassis.client.xds_bootstrap import find_by_registry
from chassis.observability.logs import set_up_logs
from chassis.platform import Platform
from chassis.security.tls_directory import own_directory
from chassis.service import Service
from chassis.settings import Settings
from clients.cli import lifeline, readiness
from clients.cli.edge import EDGE
from clients.cli.edge.edge import Edge, told
from clients.cli.failure import Mistake
from clients.cli.summary import summary
from clients.cli.supervisor.output import Output, for_programs
from clients.cli.whereabouts import Place, announced
from services.catalogue import CATALOGUE

Prepare = Callable[[Platform], Awaitable[None]]


def named(names: Sequence[str]) -> Sequence[Service]:
    """The declarations of the services of these names, in the order in which they start; where no name is given, of all
    that run together.

    Raises Mistake, with the names that there are, for one that there is not.
    """
    known = [service.name for service in CATALOGUE]
    if unknown := [name for name in names if name not in known]:
        raise Mistake(f"there is no service {', '.join(unknown)}; the services are {', '.join(known)}")
    return [service for service in CATALOGUE if service.name in names or not names]


async def nothing(_: Platform) -> None:
    """Prepares nothing."""


def host(
    services: Sequence[Service],
    *,
    began: float,
    prepare: Prepare,
    afresh: bool = False,
    with_edge: bool = False,
    catalogue: Sequence[Service] = CATALOGUE,
) -> None:
    """Start the services, prepare them, say that they are ready, and serve until SIGINT or SIGTERM; then drain.

    `began` is when the command began, on the clock of `time.monotonic`. With `afresh` nothing is served by a process
    that has migrated databases: raises Migrated. With `with_edge` an Envoy takes requests from outside, if the settings
    want one; the registry, which tells it how, is to be among the services. `catalogue` is all services there are.
    """
    settings = Settings.read()
    set_up_logs(settings)
    if settings.discovery == "xds" and settings.registry:
        _find_by_registry(services, settings)
    edge = _edge(settings) if with_edge else None
    outside = told(edge, settings) if with_edge else ""
    uvloop.run(_host(services, catalogue, settings, began, prepare, afresh, edge, outside))


def _edge(settings: Settings) -> Edge | None:
    as_json = for_programs(settings)
    output = Output(sys.stderr.buffer, [EDGE], as_json=as_json, colours=sys.stderr.isatty(), own="innkeeper")
    return Edge.of(settings, output, as_json=as_json)


def _find_by_registry(services: Sequence[Service], settings: Settings) -> None:
    names = [service.name for service in services]
    tls_dir = settings.tls_dir and own_directory(settings.tls_dir, names)
    find_by_registry(settings.registry, "-".join(names), tls_dir=tls_dir)


async def _host(
    services: Sequence[Service],
    catalogue: Sequence[Service],
    settings: Settings,
    began: float,
    prepare: Prepare,
    afresh: bool,
    edge: Edge | None,
    outside: str,
) -> None:
    async with AsyncExitStack() as stack:
        if edge is not None:
            stack.push_async_callback(edge.stop)  # last: services say goodbye by it
        started = Platform.started(services, settings, catalogue=catalogue, afresh=afresh)
        platform = await stack.enter_async_context(started)
        stopped = asyncio.ensure_future(_told_to_stop())
        if not await _before(stopped, prepare(platform)):
            return
        if edge is not None:
            platform.metrics.others.append(edge.metrics)
            if not await _before(stopped, edge.start(_called_at(platform))):
                return
        gc.collect()
        gc.freeze()  # what is there now stays: the collector need not look at it again and again
        with _told(platform, services, began, outside):
            await stopped
        if edge is not None:
            await edge.drain()


async def _told_to_stop() -> None:
    """Returns when the process is told to stop, by SIGTERM or SIGINT."""
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    await told_to_stop.wait()


def _called_at(platform: Platform) -> str:
    """Where others on this machine call the platform."""
    host, port = parted(platform.address)
    return joined(nearby(host), port)


@contextmanager
def _told(platform: Platform, services: Sequence[Service], began: float, outside: str) -> Iterator[None]:
    """Whoever is to know is told that the platform is ready, and when this ends that it stops."""
    settings = platform.settings
    # Of one among several nobody need know the address: whoever looks for the platform is to ask the registry.
    alone = settings.discovery == "static"
    place = Place(address=_called_at(platform))
    by_http = all(service.contract is None for service in services)
    with announced(settings.data_dir, place) if alone else nullcontext():
        readiness.tell_ready(
            address=platform.http_address if by_http else platform.address,
            metrics=platform.metrics_address,
            calls=sorted({called for service in services for called in service.calls}),
        )
        if lifeline.SUPERVISOR not in os.environ:
            print(summary(platform, services, outside))
            if not platform.registered and not alone:
                print(f"not registered yet: waiting for the registry at {settings.registry}")
            print(f"ready in {time.monotonic() - began:.1f} s  grpc://{platform.address}", flush=True)
        yield
        readiness.tell_stopping()


async def _before(stopped: asyncio.Future[None], preparation: Awaitable[None]) -> bool:
    """Whether the preparation came to its end before the process was told to stop, which ends it."""
    task = asyncio.ensure_future(preparation)
    await asyncio.wait((stopped, task), return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        await asyncio.wait((task,))
        return False
    await task
    return True
