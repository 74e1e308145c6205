"""`innkeeper graph`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How the graph is written."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"


def graph(
    format: Annotated[  # noqa: A002 - the option's name
        Format, typer.Option(help="Text for people, Mermaid for Markdown, dot for Graphviz.")
    ] = Format.TEXT,
) -> None:
    """Show which service calls which, and which listens to which.

    Read from the services' own declarations. Fails where they call each other in a circle.
    """
    from clients.cli import dependencies
    from services.catalogue import CATALOGUE

    dependencies.check(CATALOGUE)
    write = {Format.TEXT: dependencies.text, Format.MERMAID: dependencies.mermaid, Format.DOT: dependencies.dot}[format]
    print("\n".join(write(CATALOGUE)))
