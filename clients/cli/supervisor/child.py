"""One process that is started, and started again whenever it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from subprocess import Popen

from clients.cli.failure import FAILED, MISTAKE, Failure, Mistake
from clients.cli.readiness import ADDRESS, CALLS, METRICS
from clients.cli.supervisor.backoff import Backoff
from clients.cli.supervisor.output import Output, lines_of
from clients.cli.supervisor.replicas import Replica
from clients.cli.supervisor.running_process import run

LAST_WORDS = b"innkeeper: "
"""How the line begins by which a command says why it could not go on."""

WRITTEN_WITHIN = 1.0
"""Seconds that what an ended process wrote may take to arrive."""


class Child:
    """A process with its successors.

    Args:
        replica: Which of the platform's processes it is.
        command: What is run.
        environment: What it is run with.
        output: Takes what it writes.
    """

    def __init__(
        self, replica: Replica, command: Sequence[str], environment: Mapping[str, str], output: Output
    ) -> None:
        self.replica = replica
        self.ready = asyncio.Event()
        """Set once the first of them has been ready."""

        self.process_id = 0
        """Of the one that runs; 0 where none does."""

        self.address = ""
        self.metrics = ""
        self.calls: frozenset[str] = frozenset()
        self._command = command
        self._environment = environment
        self._output = output
        self._process: Popen[bytes] | None = None
        self._is_ready = False
        self._last_words = ""
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()

    def hear(self, said: Mapping[str, str]) -> None:
        """Take in what the process tells of itself (see `clients.cli.readiness`)."""
        if said.get("READY") == "1":
            self.address, self.metrics = said.get(ADDRESS, ""), said.get(METRICS, "")
            self.calls = frozenset(said.get(CALLS, "").split())
            if self.ready.is_set():
                self._output.say(f"{self.replica.label} is ready again", process_id=self.process_id)
            self._is_ready = True
            self.ready.set()

    async def keep(self, after: asyncio.Event | None = None) -> None:
        """Start the process, once `after` is set, and start it again when it has ended, until `stop`.

        Raises Failure where the first one says, before it is ready, that it cannot start.
        """
        backoff = Backoff()
        try:
            if after is not None:
                await self._told_to_begin(after)
            while not self._stopping.is_set():
                began = time.monotonic()
                code = await self._run()
                if self._stopping.is_set():
                    break
                if not self.ready.is_set() and code in (FAILED, MISTAKE):
                    why = self._last_words or f"ended with exit code {code} before it was ready"
                    raise (Mistake if code == MISTAKE else Failure)(f"{self.replica.label}: {why}")
                pause = backoff.pause(ran=time.monotonic() - began, planned=self._is_ready and code == 0)
                self._tell_end(code, pause)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause)
        finally:
            self._ended.set()

    async def stop(self, within: float) -> None:
        """End the process by SIGTERM, after so many seconds by SIGKILL, and start no other. Returns when it is gone."""
        self._stopping.set()
        self._send(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._ended.wait(), within)
        except TimeoutError:
            self._output.say(f"{self.replica.label} did not end within {within:g} s: killed", level="warning")
            self.kill()
            await self._ended.wait()

    def kill(self) -> None:
        """End the process at once."""
        self._stopping.set()
        self._send(signal.SIGKILL)

    async def _told_to_begin(self, after: asyncio.Event) -> None:
        waiting = [asyncio.ensure_future(event.wait()) for event in (after, self._stopping)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _run(self) -> int:
        """Run the process to its end; the exit code, or less a signal's number."""
        self._is_ready, self._last_words = False, ""
        read, write = os.pipe()
        pump = asyncio.ensure_future(self._pump(read))
        try:
            return await run(self._command, self._environment, write, self._began)
        except OSError as error:  # the machine has no memory or no process left; it may have in a moment
            self._last_words = f"no process could be started ({error.strerror})"
            return FAILED
        finally:
            self.process_id, self.metrics = 0, ""  # whose port may be another's by now
            _, late = await asyncio.wait((pump,), timeout=WRITTEN_WITHIN)
            for pump in late:
                pump.cancel()

    def _began(self, process: Popen[bytes]) -> None:
        self._process, self.process_id = process, process.pid
        if self._stopping.is_set():  # told while it was being started
            self._send(signal.SIGTERM)

    async def _pump(self, written: int) -> None:
        stream = asyncio.StreamReader()
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(written, "rb")
        )
        with closing(pipe):
            await self._take_down(stream)

    async def _take_down(self, stream: asyncio.StreamReader) -> None:
        async for line in lines_of(stream):
            if line.startswith(LAST_WORDS):
                self._last_words = line.removeprefix(LAST_WORDS).decode(errors="replace")
            else:
                self._output.write(self.replica.label, line)

    def _tell_end(self, code: int, pause: float) -> None:
        how = f"exit code {code}" if code >= 0 else _signal_name(-code)
        why = f": {self._last_words}" if self._last_words else ""
        then = f"in {pause:g} s" if pause else "now"
        self._output.say(
            f"{self.replica.label} ended ({how}){why}; starts again {then}",
            level="info" if code == 0 else "warning",
            exit_code=code,
        )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
