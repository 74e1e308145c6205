"""A port for the registry, which has to be the same after each of its restarts."""

from __future__ import annotations

import random
import socket
from pathlib import Path

LOWEST = 10_000
ATTEMPTS = 100
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port(host: str) -> int:
    """A port that nobody listens on now, below those that the system gives to anyone who asks for any: while the
    registry is away, nobody else gets it by chance. Raises OSError where none is to be had."""
    highest = int(RANGE.read_text().split()[0]) if RANGE.exists() else 32_768
    for _ in range(ATTEMPTS):
        port = random.randrange(LOWEST, max(highest, LOWEST + 1000))  # noqa: S311 - a choice, no secret
        try:
            socket.create_server((host.strip("[]"), port), family=_family(host)).close()
        except OSError:
            continue
        return port
    raise OSError(f"no free port of {host} between {LOWEST} and {highest}")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
