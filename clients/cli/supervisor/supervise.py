"""All processes of the platform on this machine, from start to stop.

The supervisor loads no gRPC: a process that has started gRPC must not fork, and without it this one stays small.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from contextlib import suppress

from chassis import data_directory
from chassis.settings import Settings
from clients.cli.edge import EDGE
from clients.cli.edge.edge import Edge, told
from clients.cli.failure import Failure
from clients.cli.supervisor.child import Child
from clients.cli.supervisor.environment import environment, registry_place
from clients.cli.supervisor.notifications import Notifications
from clients.cli.supervisor.order import waves
from clients.cli.supervisor.output import Output, for_programs, lines_of
from clients.cli.supervisor.replicas import Replica
from clients.cli.supervisor.scraping import served_metrics
from clients.cli.supervisor.table import table
from clients.cli.whereabouts import Place, announced

SERVE = (sys.executable, "-m", "clients.cli.serving")
FILLER = "filling"
"""The name of what loads made-up hotels, in its lines."""

FILL = (sys.executable, "-m", "clients.cli", "first-hotels")

MARGIN = 5.0
"""Seconds beyond the drain that a process has to end."""

REMIND_EVERY = 10.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def supervise(settings: Settings, replicas: Sequence[Replica], *, began: float) -> None:
    """Run the processes until SIGTERM or SIGINT, then end them in order; at once where it is sent again.

    `began` is when the command began, on the clock of `time.monotonic`. Raises Failure where a process cannot start.
    """
    data_directory.make_writable(settings.data_dir)
    terminal = sys.stderr.isatty()
    as_json = for_programs(settings)
    names = [*(replica.label for replica in replicas), EDGE, FILLER]
    output = Output(sys.stderr.buffer, names, as_json=as_json, colours=terminal)
    edge = Edge.of(settings, output, as_json=as_json)
    asyncio.run(Supervisor(settings, replicas, edge, output, as_json=as_json, colours=terminal).run(began))


class Supervisor:
    """Starts the processes, says when all are ready, keeps them running, and stops them.

    Args:
        settings: Those of the platform.
        replicas: The processes, in the order in which they start.
        edge: What takes requests from outside; None where nothing does.
        output: Takes what they write.
        as_json: Whether they are to log for programs.
        colours: Whether they are to log in colours.
    """

    def __init__(
        self,
        settings: Settings,
        replicas: Sequence[Replica],
        edge: Edge | None,
        output: Output,
        *,
        as_json: bool,
        colours: bool,
    ) -> None:
        self._settings = settings
        self._replicas = replicas
        self._edge = edge
        self._output = output
        self._log_format = "json" if as_json else "console"
        self._colours = colours
        self._registry = registry_place(settings)
        self._metrics = ""
        self._children: list[Child] = []
        self._told = asyncio.Event()

    async def run(self, began: float) -> None:
        """Returns when all have ended. Raises Failure where one cannot start, StartError where metrics cannot be
        served."""
        edge = [self._edge.metrics] if self._edge is not None else []
        with served_metrics(self._settings.metrics_port, self._children, edge) as self._metrics:
            await self._run(began)

    async def _run(self, began: float) -> None:
        notifications = Notifications(self._hear)
        for replica in self._replicas:
            environment = self._environment(replica, notifications.name)
            self._children.append(Child(replica, (*SERVE, replica.service), environment, self._output))
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._stop_or_kill)
        # The registry first, so that all others find it there. Should it be away later, they wait for it.
        registry, *others = self._children
        kept = [asyncio.ensure_future(registry.keep())]
        kept += [asyncio.ensure_future(child.keep(after=registry.ready)) for child in others]
        serving = asyncio.ensure_future(self._serve(began))
        until_told = asyncio.ensure_future(self._told.wait())
        try:
            done, _ = await asyncio.wait((until_told, serving, *kept), return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                ended.result()
        finally:
            for task in (until_told, serving):
                task.cancel()
            await asyncio.wait((until_told, serving))
            await self._stop()
            await asyncio.wait(kept)
            notifications.close()

    async def _serve(self, began: float) -> None:
        """Have the platform filled when all are ready, say so, and leave its address for as long as this lasts."""
        await self._all_ready()
        if self._settings.demo_hotels:
            await self._fill()
        if self._edge is not None:
            await self._edge.start(self._registry)
        with announced(self._settings.data_dir, Place(address=self._registry, registry=True)):
            edge = told(self._edge, self._settings)
            print(table(self._children, self._registry, edge, self._metrics, self._settings))
            print(f"ready in {time.monotonic() - began:.1f} s  grpc://{self._registry}", flush=True)
            await asyncio.Event().wait()

    async def _all_ready(self) -> None:
        while late := [child for child in self._children if not child.ready.is_set()]:
            try:
                await asyncio.wait_for(late[0].ready.wait(), REMIND_EVERY)
            except TimeoutError:
                self._output.say(f"waiting for {', '.join(child.replica.label for child in late)}")

    async def _fill(self) -> None:
        """Load made-up hotels where there are none, by a process of its own, since that takes gRPC. Raises Failure."""
        environment = self._environment(Replica(service=FILLER), "")
        process = await asyncio.create_subprocess_exec(
            *FILL, env=environment, stdin=DEVNULL, stderr=PIPE, start_new_session=True
        )
        assert process.stderr is not None
        try:
            async for line in lines_of(process.stderr):
                self._output.write(FILLER, line)
            code = await process.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise
        if code:
            raise Failure(f"the made-up hotels could not be loaded (exit code {code}); the next start tries again")

    async def _stop(self) -> None:
        """End the processes, callers before those that they call. The edge takes nothing any more before the first
        ends, and is there until the last has said goodbye to clients by it."""
        if self._edge is not None:
            await self._edge.drain()
        within = self._settings.drain_news_seconds + self._settings.drain_seconds + MARGIN
        calls: dict[str, frozenset[str]] = {}
        for child in self._children:
            calls[child.replica.service] = calls.get(child.replica.service, frozenset()) | child.calls
        for wave in waves(calls):
            await asyncio.gather(*(child.stop(within) for child in self._children if child.replica.service in wave))
        if self._edge is not None:
            await self._edge.stop()

    def _stop_or_kill(self) -> None:
        """The first signal stops, any further one kills."""
        if self._told.is_set():
            for child in self._children:
                child.kill()
            if self._edge is not None:
                self._edge.kill()
        self._told.set()

    def _hear(self, process_id: int, said: Mapping[str, str]) -> None:
        if not process_id:  # a process of another namespace, whose number here the kernel does not tell
            return
        for child in self._children:
            if child.process_id == process_id:
                child.hear(said)

    def _environment(self, replica: Replica, notify_socket: str) -> dict[str, str]:
        return environment(
            replica,
            os.environ,
            settings=self._settings,
            registry=self._registry,
            notify_socket=notify_socket,
            supervisor=os.getpid(),
            log_format=self._log_format,
            colours=self._colours,
        )
