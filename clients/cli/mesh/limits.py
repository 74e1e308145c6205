"""`innkeeper limits`: how many calls one client may have in flight to a service."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.options import Address

Service = Annotated[str, typer.Argument(metavar="SERVICE", help="The service, such as `search`.")]


def set_limits(
    service: Service,
    calls: Annotated[int, typer.Argument(metavar="CALLS", min=1, max=1_000_000, help="Calls in flight at most.")],
    address: Address = "",
) -> None:
    """Let one client process have so many calls in flight to a service; further ones fail at once with UNAVAILABLE."""
    from clients.cli.mesh import told
    from clients.cli.mesh.control import registry

    with registry(address) as control:
        bound = control.SetLimits(limits={"service": service, "max_calls_in_flight": calls})
        print(f"{service}: {told.limits(bound)}")


def clear_limits(service: Service, address: Address = "") -> None:
    """Bring back the default."""
    from clients.cli.mesh import told
    from clients.cli.mesh.control import registry

    with registry(address) as control:
        print(f"{service}: {told.limits(control.SetLimits(limits={'service': service}))}")
