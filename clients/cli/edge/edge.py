"""The edge of a platform on this machine: an Envoy that is started, started again when it ends, and drained."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Final

from chassis.settings import PREFIX, Settings
from clients.cli.edge import EDGE
from clients.cli.edge.admin import Admin
from clients.cli.edge.binary import NO_ENVOY, chosen_binary
from clients.cli.edge.place import EdgePlace
from clients.cli.failure import Failure
from clients.cli.lifeline import SUPERVISOR
from clients.cli.supervisor.child import Child
from clients.cli.supervisor.output import Output
from clients.cli.supervisor.replicas import Replica

REPLICA: Final = Replica(service=EDGE)
LAUNCH: Final = (sys.executable, "-m", "clients.cli.edge.launch")

READY_WITHIN: Final = 15.0
"""Seconds after which the platform starts without it, while it goes on trying: Envoy waits so long for the registry."""

ARRIVED_WITHIN: Final = 3.0
"""Seconds that a request may take from a client to the service."""

ENDS_WITHIN: Final = 5.0
ASKED_EVERY: Final = 0.05
LOOKED_AT_EVERY: Final = 1.0

UP: Final = (
    "# HELP innkeeper_edge_up Whether the edge answers.\n# TYPE innkeeper_edge_up gauge\ninnkeeper_edge_up {:d}\n"
)


class Edge:
    """Keeps one Envoy. For one event loop, but for `metrics`.

    Args:
        settings: Those of the platform.
        place: Where it is to listen.
        output: Takes what it writes.
        as_json: Whether it is to log for programs.
    """

    def __init__(self, settings: Settings, place: EdgePlace, output: Output, *, as_json: bool) -> None:
        self.place = place
        self._settings = settings
        self._output = output
        self._log_format = "json" if as_json else "console"
        self._admin = Admin(place.admin)
        self._child: Child | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    def of(cls, settings: Settings, output: Output, *, as_json: bool) -> Edge | None:
        """That of the settings; None where they want none, or there is no Envoy for this platform.

        Raises StartError where it cannot listen where it is to.
        """
        if settings.edge_port < 0 or chosen_binary(settings) is None:
            return None
        place = EdgePlace.of(settings)
        place.require_free()
        return cls(settings, place, output, as_json=as_json)

    async def start(self, registries: str) -> None:
        """Returns when it takes requests, or says that it does not yet, and goes on.

        Raises Failure where it cannot start at all.
        """
        child = self._child = Child(REPLICA, LAUNCH, self._environment(registries), self._output)
        kept = asyncio.ensure_future(child.keep())
        self._tasks = [kept, asyncio.ensure_future(self._watch(child))]
        ready = asyncio.ensure_future(child.ready.wait())
        try:
            await asyncio.wait((kept, ready), timeout=READY_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if kept.done():
            kept.result()
        if not child.ready.is_set():
            self._output.say("the edge takes no requests yet; its own lines may say why", level="warning")
            kept.add_done_callback(self._tell_failure)

    async def drain(self) -> None:
        """Take no new connections; returns when the requests in hand are answered, or after so long that what is left
        of them has reached its service, which has a drain of its own. A stream only ends with that."""
        if self._child is None or not self._child.process_id:
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + min(self._settings.drain_seconds, ARRIVED_WITHIN)
        try:
            await asyncio.to_thread(self._admin.drain)
            while loop.time() < until and await asyncio.to_thread(self._admin.is_busy):  # noqa: ASYNC110 - no Envoy tells
                await asyncio.sleep(ASKED_EVERY)
        except OSError:
            return  # it has gone

    async def stop(self) -> None:
        """End it, and start no other."""
        if self._child is None:
            return
        await self._child.stop(ENDS_WITHIN)
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        for file in (self.place.admin, self.place.configuration):
            file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it at once."""
        if self._child is not None:
            self._child.kill()

    def metrics(self) -> bytes:
        """What Prometheus reads of it. May be called from any thread, and waits for the answer."""
        try:
            told = self._admin.metrics()
        except OSError:
            return UP.format(False).encode()
        return UP.format(True).encode() + told

    async def _watch(self, child: Child) -> None:
        """Tell of each process when it takes requests: an Envoy has nobody to tell."""
        last = 0
        while True:
            process_id = child.process_id
            waited_for = process_id not in (0, last)
            if waited_for and await asyncio.to_thread(self._admin.is_live, self.place.listeners):
                last = process_id
                child.hear({"READY": "1"})
            await asyncio.sleep(ASKED_EVERY if waited_for else LOOKED_AT_EVERY)

    def _tell_failure(self, kept: asyncio.Task[None]) -> None:
        if not kept.cancelled() and isinstance(failure := kept.exception(), Failure):
            self._output.say(str(failure), level="error")

    def _environment(self, registries: str) -> dict[str, str]:
        chosen = {f"{PREFIX}REGISTRY": registries, f"{PREFIX}LOG_FORMAT": self._log_format, **self.place.ports}
        return {**os.environ, **chosen, SUPERVISOR: str(os.getpid())}


def told(edge: Edge | None, settings: Settings) -> str:
    """What the summary of a start says of the edge; nothing where none is wanted."""
    if edge is not None:
        redirect = f"; http://{edge.place.redirect} leads there" if edge.place.redirect else ""
        return f"{edge.place.url} (REST, gRPC, gRPC-Web, WebSocket; /docs){redirect}"
    return f"none: {NO_ENVOY}; or want none, by INNKEEPER_EDGE_PORT=-1" if settings.edge_port >= 0 else ""
