"""Tells whoever started this process that it is ready, or that it stops: systemd, or `innkeeper up --split`.

By the protocol of sd_notify(3): lines of `NAME=value` in one datagram to the Unix socket that NOTIFY_SOCKET names.
Without that, nothing.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence

VARIABLE = "NOTIFY_SOCKET"

ADDRESS = "X_INNKEEPER_ADDRESS"
METRICS = "X_INNKEEPER_METRICS"
CALLS = "X_INNKEEPER_CALLS"
"""Names of our own begin so, as the protocol has it; systemd passes over them."""


def tell_ready(*, address: str, metrics: str, calls: Sequence[str]) -> None:
    """The process serves at that address.

    Args:
        address: Where it serves gRPC, `host:port`.
        metrics: Where it serves metrics, or empty.
        calls: The services that it calls.
    """
    _tell(
        "READY=1",
        f"STATUS=serving at {address}",
        f"{ADDRESS}={address}",
        f"{METRICS}={metrics}",
        f"{CALLS}={' '.join(calls)}",
    )


def tell_stopping() -> None:
    """The process takes no new calls, and ends when those in flight have."""
    _tell("STOPPING=1")


def _tell(*lines: str) -> None:
    name = os.environ.get(VARIABLE, "")
    if not name:
        return
    # A name that begins with @ is in the abstract namespace of Linux, where that is a zero byte.
    address = f"\0{name[1:]}" if name.startswith("@") else name
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as teller:
        try:
            teller.sendto("\n".join(lines).encode(), address)
        except OSError:
            # Whoever asked to be told has gone; that keeps nobody from serving.
            return
