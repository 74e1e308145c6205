"""Where the running platform is: it leaves its address in the data directory, and takes it away when it stops.

Where several processes share the directory, it is the address of the one that was there first.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chassis.addresses import parted
from clients.cli.failure import Failure

FILE = "address"
XDS = "xds "


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to call.

    `address` is `host:port`: of a process that serves everything, or with `registry` of the registry, which knows where
    each service is. Of registries there may be several, with commas between.
    """

    address: str
    registry: bool = False

    @classmethod
    def read(cls, text: str) -> Place:
        """The place that `str` writes so."""
        text = text.strip()
        return cls(address=text.removeprefix(XDS), registry=text.startswith(XDS))

    def __str__(self) -> str:
        return f"{XDS if self.registry else ''}{self.address}"


@contextmanager
def announced(data_dir: Path, place: Place) -> Iterator[None]:
    """For as long as this lasts, the place stands in `<data_dir>/address`, unless another who answers has it."""
    file, draft = data_dir / FILE, data_dir / f".{FILE}"
    if file.exists() and (other := Place.read(file.read_text())) != place and _is_listened_on(other.address):
        yield
        return
    draft.write_text(f"{place}\n")
    draft.replace(file)
    try:
        yield
    finally:
        if file.exists() and Place.read(file.read_text()) == place:
            file.unlink()


def place_on(data_dir: Path) -> Place:
    """Where the platform is that runs on the data directory. Raises Failure where none does."""
    file = data_dir / FILE
    if not file.exists():
        raise Failure(f"no platform is running on {data_dir}: start one with `innkeeper up`, or give --address")
    return Place.read(file.read_text())


def _is_listened_on(address: str) -> bool:
    try:
        socket.create_connection(parted(address), timeout=1.0).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True
