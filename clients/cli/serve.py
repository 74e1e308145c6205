"""`innkeeper serve`."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    services: Annotated[
        list[str],
        typer.Argument(metavar="SERVICE...", help="The services to run, by name, such as `booking payments`."),
    ],
) -> None:
    """Run the named services, and no others, in one process.

    They call the services that run elsewhere at INNKEEPER_ADDRESSES, such as {"hotels": "127.0.0.1:7100"}.
    Ends on Ctrl-C or SIGTERM, after the calls in hand.
    """
    import time

    began = time.monotonic()

    from clients.cli import hosting

    hosting.host(hosting.named(services), began=began, prepare=hosting.nothing)
