"""`innkeeper events tail`."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.events.dead import Aggregate, Service
from clients.cli.options import Address


def tail(
    service: Service = "",
    aggregate: Aggregate = "",
    last: Annotated[
        int, typer.Option(metavar="NUMBER", min=0, max=1000, help="Begin with so many, of each service, from before.")
    ] = 10,
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON, a whole `innkeeper.events.v1.Event` a line.")
    ] = False,
    address: Address = "",
) -> None:
    """Show what happens, a line each, until Ctrl-C.

    A line is as wide as the terminal at most; `--json` shows all of it. Events have no personal data: they name what
    happened to what.
    """
    from clients.cli.events import told
    from clients.cli.events.control import event_logs
    from clients.cli.events.following import follow

    with event_logs(service, address) as logs:
        follow(logs, aggregate, last, told.as_json if as_json else told.line)
