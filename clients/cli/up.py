"""`innkeeper up`."""

from __future__ import annotations

from typing import Annotated

import typer


def up(
    split: Annotated[
        bool, typer.Option("--split/--together", help="A process per service, or all services in one process.")
    ] = False,
) -> None:
    """Run the platform: all services, on this machine.

    The first start makes the databases and loads a catalogue of made-up hotels: INNKEEPER_DEMO_HOTELS of them, or none
    where that is 0. All state is in one directory: INNKEEPER_DATA_DIR. Ends on Ctrl-C or SIGTERM, after the calls in
    hand.
    """
    import time

    from clients.cli.failure import Mistake

    began = time.monotonic()
    if split:
        raise Mistake("--split is not available in this version: leave it out, and all services run in one process")

    from clients.cli import demo_catalogue, hosting

    hosting.host(hosting.named(()), began=began, prepare=demo_catalogue.load)
