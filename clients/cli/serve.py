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
            " INNKEEPER_REGISTRY in one.",
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
    import sys
    import time
    from types import ModuleType
    from typing import cast

    began = time.monotonic()

    # Where rich is installed, which typer brings along, structlog loads it into every process to draw tracebacks with:
    # 4 MiB, for tracebacks that show the values of variables.
    sys.modules["rich"] = cast(ModuleType, None)
    from clients.cli import hosting

    del sys.modules["rich"]
    chosen = {"discovery": "xds", "registry": registry} if registry else {}
    if variant:
        chosen["variant"] = variant
    hosting.host(hosting.named(services), began=began, prepare=hosting.nothing, **chosen)
