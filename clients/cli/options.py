"""Options that several commands have."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from clients.cli.failure import Mistake

_ADDRESS = re.compile(r"[^\s,]+:([0-9]{1,5})")


def _address(given: str) -> str:
    """What was given, which is `host:port` or nothing. Raises Mistake."""
    found = _ADDRESS.fullmatch(given)
    if given and (found is None or int(found[1]) > 65535):
        raise Mistake(f"--address {given}: must be HOST:PORT, such as 127.0.0.1:7000")
    return given


Address = Annotated[
    str,
    typer.Option(
        metavar="HOST:PORT",
        callback=_address,
        help="Where the platform, or its registry, listens. Without it, the one that runs on the data directory.",
    ),
]
"""The platform that a command is about."""
