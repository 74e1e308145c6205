"""`innkeeper traffic`: how the calls of a service are split between its variants."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.options import Address

Service = Annotated[str, typer.Argument(metavar="SERVICE", help="The service, such as `search`.")]


def set_traffic(
    service: Service,
    split: Annotated[
        list[str], typer.Argument(metavar="VARIANT=PERCENT...", help="Shares of the calls, such as `v2=10`.")
    ],
    address: Address = "",
) -> None:
    """Split the calls of a service between its variants.

    What is left of 100 goes to all other variants, and so does the share of a variant that has no instance. It takes
    the place of what was set before.
    """
    from clients.cli.mesh import told, words
    from clients.cli.mesh.control import registry

    shares = [{"variant": variant, "percent": percent} for variant, percent in words.shares(split).items()]
    with registry(address) as control:
        print(f"{service}: {told.traffic(control.SetTraffic(traffic={'service': service, 'shares': shares}))}")


def clear_traffic(service: Service, address: Address = "") -> None:
    """Spread the calls of a service evenly over all its instances again."""
    from clients.cli.mesh import told
    from clients.cli.mesh.control import registry

    with registry(address) as control:
        print(f"{service}: {told.traffic(control.SetTraffic(traffic={'service': service}))}")


def show_traffic(address: Address = "") -> None:
    """Show which services have their calls split, and how; all others have them spread evenly over all instances."""
    from clients.cli.mesh import told
    from clients.cli.mesh.control import registry

    with registry(address) as control:
        for split in control.GetMesh().traffic:
            print(f"{split.service}: {told.traffic(split)}")
