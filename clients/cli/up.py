"""`innkeeper up`."""

from __future__ import annotations

from typing import Annotated

import typer


def up(
    split: Annotated[
        bool, typer.Option("--split/--together", help="A process per service, or all services in one process.")
    ] = False,
    replicas: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SERVICE=NUMBER",
            help="With --split: so many processes of a service, such as `booking=2`; `all=2` is for all services that"
            " are not named. May come several times.",
        ),
    ] = None,
) -> None:
    """Run the platform: all services, on this machine.

    The first start makes the databases and loads a catalogue of made-up hotels: INNKEEPER_DEMO_HOTELS of them, or none
    where that is 0. All state is in one directory: INNKEEPER_DATA_DIR. Ends on Ctrl-C or SIGTERM, after the calls in
    hand.

    The edge, an Envoy, takes requests from outside at INNKEEPER_EDGE_PORT: REST, gRPC, gRPC-Web and WebSocket.

    With --split each service is a process of its own, started again whenever it ends. They find each other through the
    registry, which listens on INNKEEPER_PORT; `innkeeper mesh` shows them.
    """
    import time

    from chassis.settings import Settings
    from clients.cli.alone import alone_on
    from clients.cli.failure import Mistake

    began = time.monotonic()
    settings = Settings.read()
    if replicas and not split:
        raise Mistake("--replicas needs --split: in one process there is one of each service")
    if split:
        # Neither gRPC nor the services: the supervisor only starts the processes that have them.
        from clients.cli.supervisor.replicas import replicas as processes
        from clients.cli.supervisor.supervise import supervise
        from services.names import NAMES

        wanted = list(processes(NAMES, replicas or ()))
        with alone_on(settings.data_dir):
            supervise(settings, wanted, began=began)
        return

    from clients.cli import demo_catalogue, hosting

    with alone_on(settings.data_dir):
        hosting.host(hosting.named(()), began=began, prepare=demo_catalogue.load, with_edge=True)
