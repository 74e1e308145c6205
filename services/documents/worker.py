"""A process that prints, as the one that serves sees it. Its methods block: they are for threads."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from typing import Final

import msgspec

from services.documents.frames import receive, send
from services.documents.press import Answer
from services.documents.printed import Printed
from services.documents.refusals import TooLong

LONGEST: Final = 5.0
"""Seconds of computing that one document may take."""

ENDED_WITHIN: Final = 5.0
"""Seconds that a process gets to end by itself once it is told."""


class WorkerDied(Exception):
    """The process ended, and nobody knows why."""


class PrintingFailed(Exception):
    """A defect: where the process came across it."""


class Worker:
    """Started by the first document. One document may take `longest` seconds of computing."""

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        self._answers = msgspec.msgpack.Decoder(Answer)

    @property
    def pid(self) -> int:
        """The id of the process; 0 before it is started."""
        return 0 if self._process is None else self._process.pid

    def print(self, document: bytes) -> Printed:
        """Has the process print a document. Raises WorkerDied, TooLong, PrintingFailed."""
        if self._process is None:
            self._process = _started(self._longest)
        if self._killed:  # while it was being started
            self._process.kill()
        answer = self._asked(self._process, document)
        if answer is None:
            self.end()
            if self._process.returncode == -signal.SIGPROF:
                raise TooLong("the document takes longer than one may")
            raise WorkerDied(f"process {self._process.pid} ended with {self._process.returncode}")
        told = self._answers.decode(answer)
        if told.failure:
            raise PrintingFailed(told.failure)
        return Printed(told.content, told.pages)

    def kill(self) -> None:
        """Ends it in the middle of what it does; `print`, in its thread, then raises WorkerDied. May come before it is
        started."""
        self._killed = True
        if self._process is not None:
            self._process.kill()

    def end(self) -> None:
        """Ends it, and waits until it is gone. May be called twice."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(ENDED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def _asked(self, process: subprocess.Popen[bytes], document: bytes) -> bytes | None:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            send(process.stdin, document)
            return receive(process.stdout)
        except OSError:
            return None


def _started(longest: float) -> subprocess.Popen[bytes]:
    """In a session of its own, where a terminal's Ctrl-C does not reach it. Raises WorkerDied."""
    try:
        command = (sys.executable, "-P", "-m", "services.documents.press", str(longest))
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    except OSError as error:  # no memory, or too many processes
        raise WorkerDied(str(error)) from error
