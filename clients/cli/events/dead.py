"""`innkeeper events dead`."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.options import Address

Service = Annotated[
    str, typer.Option(metavar="SERVICE", help="The service, such as `search`. Without it, all of them.")
]
Aggregate = Annotated[
    str, typer.Option(metavar="NAME", help="What it happened to, such as `bookings/7f3a…`. Without it, all.")
]


def dead(
    service: Service = "",
    aggregate: Aggregate = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON, an `innkeeper.events.v1.DeadLetter` a line.")
    ] = False,
    address: Address = "",
) -> None:
    """Show the events that could not take effect, why, and those that wait behind them.

    One with a time under `next try` is tried again by itself. The others wait until `innkeeper events redrive`.
    """
    from clients.cli.events.control import event_logs
    from clients.cli.events.letters import letters_of, show

    with event_logs(service, address) as logs:
        show(letters_of(logs, aggregate), as_json=as_json)
