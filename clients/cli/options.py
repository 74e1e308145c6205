"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Address = Annotated[
    str,
    typer.Option(
        metavar="HOST:PORT",
        help="Where the platform, or its registry, listens. Without it, the one that runs on the data directory.",
    ),
]
"""The platform that a command is about."""
