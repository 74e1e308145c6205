"""`innkeeper edge`."""

from __future__ import annotations

from typing import Annotated

import typer


def edge(
    registry: Annotated[
        str,
        typer.Option(
            metavar="HOST:PORT", help="The registry that tells it what to do, or several: INNKEEPER_REGISTRY."
        ),
    ] = "",
    only_print: Annotated[
        bool, typer.Option("--print", help="Show what Envoy would be started with, and leave.")
    ] = False,
) -> None:
    """Run an edge by itself, for services on other machines: an Envoy at INNKEEPER_EDGE_PORT.

    `innkeeper up` has one already. This process becomes the Envoy: it ends on Ctrl-C or SIGTERM, at once.
    """
    import os

    from chassis.settings import Settings
    from clients.cli.edge import launch
    from clients.cli.edge.place import EdgePlace

    if registry:
        os.environ["INNKEEPER_REGISTRY"] = registry
    settings = Settings.read()
    place = EdgePlace.of(settings)
    configuration = launch.configuration(settings, place)
    if only_print:
        print(configuration)
        return
    place.require_free()
    print(f"edge  {place.url}, once the registry at {settings.registry} tells it what to do", flush=True)
    launch.become(settings, place)
