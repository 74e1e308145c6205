"""Runs services in this process until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence

import uvloop

from chassis.observability.logs import set_up_logs
from chassis.platform import Platform
from chassis.service import Service
from chassis.settings import Settings
from clients.cli.failure import Mistake
from clients.cli.running import announced
from clients.cli.summary import summary
from services.catalogue import CATALOGUE

Prepare = Callable[[Platform], Awaitable[None]]


def named(names: Sequence[str]) -> Sequence[Service]:
    """The declarations of the services of these names, in the order in which they start; all where no name is given.

    Raises Mistake, with the names that there are, for one that there is not.
    """
    known = [service.name for service in CATALOGUE]
    if unknown := [name for name in names if name not in known]:
        raise Mistake(f"there is no service {', '.join(unknown)}; the services are {', '.join(known)}")
    return [service for service in CATALOGUE if not names or service.name in names]


async def nothing(_: Platform) -> None:
    """Prepares nothing."""


def host(services: Sequence[Service], *, began: float, prepare: Prepare) -> None:
    """Start the services, prepare them, say that they are ready, and serve until SIGINT or SIGTERM; then drain.

    `began` is when the command began, on the clock of `time.monotonic`.
    """
    settings = Settings.read()
    set_up_logs(settings)
    uvloop.run(_host(services, settings, began, prepare))


async def _host(services: Sequence[Service], settings: Settings, began: float, prepare: Prepare) -> None:
    async with Platform.started(services, settings, catalogue=CATALOGUE) as platform:
        stopped = asyncio.ensure_future(platform.stopped())
        if not await _before(stopped, prepare(platform)):
            return
        gc.collect()
        gc.freeze()  # what is there now stays: the collector need not look at it again and again
        with announced(settings.data_dir, platform.address):
            print(summary(platform, services))
            print(f"ready in {time.monotonic() - began:.1f} s  grpc://{platform.address}", flush=True)
            await stopped


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
