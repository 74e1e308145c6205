"""Addresses as they are written: `127.0.0.1:7100`, `[::1]:7100`."""

from __future__ import annotations


def split_address(address: str) -> tuple[str, int]:
    """The host, without brackets, and the port. Raises ValueError where there is no port."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)
