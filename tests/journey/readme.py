"""The README as somebody uses it who pastes one code block after the other."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from contracts.paths import ROOT
from tests.journey.command import PATIENCE
from tests.transport import TRANSPORT

DEFAULT: Final = "127.0.0.1:7000"
EDGE: Final = "127.0.0.1:8080"
"""The addresses that the README speaks of."""

Places = Mapping[str, str]
"""Where the platform is instead, by the addresses of the README."""

ANY_PORT: Final = {f"INNKEEPER_{name}PORT": "0" for name in ("", "METRICS_", "EDGE_")}
START: Final = "make run\n"
_FENCED: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OF_PYTEST: Final = ("INNKEEPER_", "PYTEST_", "MAKE", "MFLAGS", "ARGS")
"""How the variables begin that `make test` and pytest add to an environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What is to be pasted, and what it prints: `…` stands for anything."""

    language: str
    code: str
    prints: str = ""

    def at(self, places: Places) -> Block:
        """The block, but for a platform that could not have the default addresses."""
        code, prints = self.code, self.prints
        for default, address in places.items():
            code, prints = code.replace(default, address), prints.replace(default, address)
        return replace(self, code=code, prints=prints)

    def check(self, printed: str) -> None:
        """Raise AssertionError where something else was printed, but for what is white at the end."""
        pattern = ".*?".join(re.escape(part) for part in self.prints.rstrip().split("…"))
        assert re.fullmatch(pattern, printed.rstrip(), re.DOTALL) or not self.prints, printed


def blocks(text: str) -> list[Block]:
    """The blocks of a page, in order. One of `text` shows what the block before it prints."""
    found = list[Block]()
    for language, content in _FENCED.findall(text):
        if language == "text":
            found[-1] = replace(found[-1], prints=content)
        else:
            found.append(Block(language=language, code=content))
    return found


def _places(said: str) -> Iterator[tuple[str, str]]:
    """The addresses that a start told: that of calls, and of the edge where there is one."""
    for default, pattern in ((DEFAULT, r"grpc://(\S+)"), (EDGE, r"(?m)^ *edge +https?://(\S+)")):
        if found := re.search(pattern, said):
            yield default, found[1]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody at a terminal in the repository, with a data directory of their own."""

    data_dir: Path

    @property
    def _log(self) -> Path:
        """What the platform that runs says of what went wrong."""
        return self.data_dir.with_suffix(".log")

    def paste(self, block: Block) -> None:
        """Run the block as it stands there, and see that it works and prints what it should."""
        command = {"sh": ["sh", "-e", "-c", block.code], "python": [sys.executable, "-"]}[block.language]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self._environment(),
            input="" if block.language == "sh" else block.code,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{block.code}\n{done.stdout}\n{done.stderr}\n{self._log.read_text()}"
        block.check(done.stdout)

    @contextmanager
    def run(self, start: Block) -> Iterator[Places]:
        """Start the platform in another terminal; gives its addresses. Ends with Ctrl-C.

        Where a default address is taken, it gets free ones.
        """
        log = self._log
        with self._started(start, log) as said:
            if said[-1:] and said[-1].startswith("ready"):
                start.check("".join(said))
                yield {}
                return
        assert "cannot be listened on" in log.read_text(), log.read_text()
        with self._started(start, log, **ANY_PORT) as said:
            assert said[-1:], log.read_text()
            places = dict(_places("".join(said)))
            start.at(places).check("".join(said))
            yield places

    @contextmanager
    def _started(self, start: Block, log: Path, **settings: str) -> Iterator[list[str]]:
        """What was said on standard output, until the platform was ready or its process ended."""
        with (
            log.open("w") as errors,
            subprocess.Popen(
                ["sh", "-c", start.code],
                cwd=ROOT,
                env=self._environment() | settings,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            ) as process,
        ):
            # It is of the start alone: how long a session takes is for those who paste.
            watchdog = threading.Timer(PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
            watchdog.start()
            assert process.stdout is not None
            said = list[str]()
            try:
                for line in process.stdout:
                    said.append(line)
                    if line.startswith("ready"):
                        break
                watchdog.cancel()
                yield said
            finally:
                watchdog.cancel()
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGINT)
                process.wait(PATIENCE)

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OF_PYTEST)}
        return inherited | {
            "INNKEEPER_DATA_DIR": str(self.data_dir),
            "INNKEEPER_EVENTS_URL": TRANSPORT.events_url(self.data_dir),
        }
