"""Runs the `innkeeper` command as a user does: as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.transport import TRANSPORT

COMMAND: Final = str(Path(sys.executable).with_name("innkeeper"))
PATIENCE: Final = 100.0
"""Seconds that a command may take on a busy machine."""

Result = subprocess.CompletedProcess[str]


def innkeeper(*arguments: str, stdin: str = "", **settings: object) -> Result:
    """Run a command to its end, with `INNKEEPER_…` set from `settings`."""
    return subprocess.run(
        [COMMAND, *arguments],
        input=stdin,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def environment(settings: Mapping[str, object]) -> dict[str, str]:
    """This process' environment with these settings; None leaves one unset. Where they name no ports, free ones, and no
    edge: that is a process more, for tests that want it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("INNKEEPER_")}
    chosen = {"port": 0, "metrics_port": 0, "edge_port": -1, "events_url": _events_url(settings), **settings}
    return inherited | {f"INNKEEPER_{name.upper()}": str(value) for name, value in chosen.items() if value is not None}


def _events_url(settings: Mapping[str, object]) -> str | None:
    """What brings events in a platform with that data directory; none is named where there is no directory yet."""
    data_dir = settings.get("data_dir")
    return (TRANSPORT.events_url(Path(str(data_dir))) or None) if data_dir is not None else None


@dataclass(slots=True)
class Up:
    """A platform that runs in a process of its own.

    `said` is what it wrote on standard output until it was ready.
    """

    process: subprocess.Popen[str]
    said: list[str]
    data_dir: Path

    @property
    def address(self) -> str:
        """Where it listens, as its last line says."""
        return self.said[-1].rpartition("grpc://")[2].strip()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal; the exit code."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@contextmanager
def up(data_dir: Path, *arguments: str, program: Sequence[str] = (COMMAND,), **settings: object) -> Iterator[Up]:
    """A platform (`innkeeper up`, unless `arguments` say otherwise), from when it is ready."""
    with (
        (data_dir.parent / f"{data_dir.name}.log").open("a") as log,
        subprocess.Popen(
            [*program, *(arguments or ("up",))],
            env=environment({"data_dir": data_dir, **settings}),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            said = list[str]()
            for line in process.stdout:
                said.append(line)
                if line.startswith("ready in"):
                    break
            watchdog.cancel()
            assert said, Path(log.name).read_text()
            assert said[-1].startswith("ready in"), Path(log.name).read_text()
            yield Up(process, said, data_dir)
        finally:
            watchdog.cancel()
            process.kill()
