"""The person whom a command is about."""

from __future__ import annotations

import re
from typing import Annotated

import typer

User = Annotated[str, typer.Argument(metavar="USER", help="The person: `users/ada`, or `ada`.")]


def name_of(said: str) -> str:
    """The person's resource name. Raises Mistake for what is none."""
    from clients.cli.failure import Mistake

    name = said if said.startswith("users/") else f"users/{said}"
    if not re.fullmatch(r"users/[a-z0-9][a-z0-9-]{0,62}", name):
        raise Mistake(f"{said} is no user: write users/ and small letters, digits and hyphens")
    return name
