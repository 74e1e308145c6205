"""What the processes write, line by line, each with the name of who wrote it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import BinaryIO

from chassis.settings import Settings

CHUNK = 64 * 1024
LONGEST_LINE = 1024 * 1024
"""Bytes after which a line is cut, so that nobody's line takes all memory."""

PALETTE = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
"""ANSI colours that can be read on dark and on light ground."""

RESET = b"\x1b[0m"


class Output:
    """Writes lines to one place.

    For people the name stands before the line, on a terminal in a colour of its own: `booking.1 │ …`. For programs each
    line is a JSON object: one that a process wrote gets a first key `process`, and what is none becomes one.

    Args:
        to: Where the lines go. Whoever reads them there may go away; that ends nothing.
        names: Who is going to write.
        as_json: Whether lines are for programs.
        colours: Whether names have colours.
        own: Who has something to `say`.
    """

    def __init__(
        self, to: BinaryIO, names: Sequence[str], *, as_json: bool, colours: bool, own: str = "supervisor"
    ) -> None:
        self._to = to
        self._as_json = as_json
        self._own = own
        width = max(map(len, (own, *names)))
        services = list(dict.fromkeys(name.partition(".")[0] for name in names))
        self._prefixes = {
            name: _prefix(name, width, services.index(name.partition(".")[0]) if colours else None) for name in names
        }
        self._prefixes[own] = _prefix(own, width, None)

    def write(self, name: str, line: bytes) -> None:
        """Write a line, given without its end."""
        if self._as_json:
            written = _as_json(name, line)
        else:
            written = self._prefixes[name] + line
        try:
            self._to.write(written + b"\n")
            self._to.flush()
        except (OSError, ValueError):
            return  # nobody reads this any more

    def say(self, event: str, *, level: str = "info", **about: object) -> None:
        """Write what whoever keeps the processes has to say itself."""
        if self._as_json:
            now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
            line = {"event": event, "level": level, "timestamp": now, **about}
            self.write(self._own, json.dumps(line, separators=(",", ":")).encode())
        else:
            self.write(self._own, event.encode())


def for_programs(settings: Settings) -> bool:
    """Whether what stands on standard error is for programs: as the settings say, else where no terminal shows it."""
    return settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())


async def lines_of(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The lines of a stream, without their ends; longer ones than LONGEST_LINE in pieces."""
    rest = b""
    while chunk := await stream.read(CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.rstrip(b"\r")
        if len(rest) >= LONGEST_LINE:
            yield rest
            rest = b""
    if rest:
        yield rest


def _prefix(name: str, width: int, colour: int | None) -> bytes:
    text = f"{name:<{width}} │ ".encode()
    return text if colour is None else f"\x1b[{PALETTE[colour % len(PALETTE)]}m".encode() + text + RESET


def _as_json(name: str, line: bytes) -> bytes:
    """An object keeps its text, so that nothing need be read; only what follows the brace is moved."""
    process = b'{"process":' + json.dumps(name).encode()
    if line.startswith(b'{"') and line.endswith(b"}"):
        return process + b"," + line[1:]
    return process + b',"event":"output","line":' + json.dumps(line.decode(errors="replace")).encode() + b"}"
