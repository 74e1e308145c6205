"""`innkeeper serve`."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    services: Annotated[
        list[str],
        typer.Argument(metavar="SERVICE...", help="The services to run, by name, such as `booking payments`."),
    ],
    registry: Annotated[
        str,
        typer.Option(
            metavar="HOST:PORT",
            help="Register with this registry, and find other services through it: INNKEEPER_DISCOVERY=xds and"
            " INNKEEPER_REGISTRY in one, and free ports unless they are set.",
        ),
    ] = "",
    variant: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="The version or implementation that this is, such as `v2`: INNKEEPER_VARIANT."
        ),
    ] = "",
) -> None:
    """Run the named services, and no others, in one process.

    They find services that run elsewhere through a registry, that of `innkeeper up --split` for example; or at
    INNKEEPER_ADDRESSES, such as {"hotels": "127.0.0.1:7100"}.
    Ends on Ctrl-C or SIGTERM, after the calls in hand.
    """
    import os
    import time

    from clients.cli import serving

    began = time.monotonic()
    chosen = {"DISCOVERY": "xds", "REGISTRY": registry} if registry else {}
    if variant:
        chosen["VARIANT"] = variant
    if registry:  # whoever is found through it may listen anywhere, beside those who are there already
        os.environ.setdefault("INNKEEPER_PORT", "0")
        os.environ.setdefault("INNKEEPER_METRICS_PORT", "0")
    os.environ.update({f"INNKEEPER_{name}": value for name, value in chosen.items()})
    # What has read the command line stays behind: it takes 10 MiB.
    serving.become(services, began)
