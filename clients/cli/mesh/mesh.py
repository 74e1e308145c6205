"""`innkeeper mesh`."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.options import Address


def mesh(
    watch: Annotated[bool, typer.Option("--watch", help="Go on showing it, as it is now, until Ctrl-C.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON, `innkeeper.registry.v1.Mesh`; with --watch an object a line.")
    ] = False,
    address: Address = "",
) -> None:
    """Show what runs: instances and their load, how calls are split, faults, limits, and rejected configurations.

    Load is what each instance last told, every few seconds: calls in hand, calls that ended and calls that were refused
    for overload per second, and how late the event loop is.
    """
    from clients.cli.mesh import showing
    from clients.cli.mesh.control import registry

    with registry(address) as control:
        if watch:
            showing.watch(control, as_json=as_json)
        else:
            showing.once(control, as_json=as_json)
