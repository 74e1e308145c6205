"""Where the running platform is: it leaves its address in the data directory, and takes it away when it stops.

Where several processes share the directory, it is the address of the one that was there first.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

import grpc

from chassis.security.secrets import Secrets
from chassis.security.service_clients import CLI
from clients.cli.failure import Failure

FILE = "address"
SECRETS = "secrets"


@contextmanager
def announced(data_dir: Path, address: str) -> Iterator[None]:
    """For as long as this lasts, the address stands in `<data_dir>/address`, unless another who answers has it."""
    file, draft = data_dir / FILE, data_dir / f".{FILE}"
    if file.exists() and (other := file.read_text().strip()) != address and _is_listened_on(other):
        yield
        return
    draft.write_text(f"{address}\n")
    draft.replace(file)
    try:
        yield
    finally:
        if file.exists() and file.read_text().strip() == address:
            file.unlink()


def address_of(data_dir: Path, given: str) -> str:
    """The address that was given, else the one in the data directory. Raises Failure where there is none."""
    file = data_dir / FILE
    if given:
        return given
    if not file.exists():
        raise Failure(f"no platform is running on {data_dir}: start one with `innkeeper up`, or give --address")
    return file.read_text().strip()


def secret_of(data_dir: Path) -> str:
    """What the command line proves itself with. Raises Failure where no platform has run on this data directory."""
    directory = data_dir / SECRETS
    if not directory.exists():
        raise Failure(f"no platform has run on {data_dir}: INNKEEPER_DATA_DIR must be its data directory")
    return Secrets(directory).client_secret(CLI)


@contextmanager
def connected(address: str, seconds: float = 5.0) -> Iterator[grpc.Channel]:
    """A channel to the platform. Raises Failure where nothing answers there within so many seconds."""
    with grpc.insecure_channel(address) as channel:
        if not _answers(channel, seconds):
            raise Failure(f"nothing answers at {address}: is the platform running? `innkeeper up` starts one")
        yield channel


def _is_listened_on(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=1.0).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _answers(channel: grpc.Channel, seconds: float) -> bool:
    """Whether the first attempt to connect comes to anything; a client that calls all day would wait and try again."""
    states: SimpleQueue[grpc.ChannelConnectivity] = SimpleQueue()
    channel.subscribe(states.put, try_to_connect=True)
    try:
        while (state := states.get(timeout=seconds)) is not grpc.ChannelConnectivity.READY:
            if state is grpc.ChannelConnectivity.TRANSIENT_FAILURE:
                return False
    except Empty:
        return False
    finally:
        channel.unsubscribe(states.put)
    return True
