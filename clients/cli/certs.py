"""`innkeeper certs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def certs(
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where they go; without it, `tls` in the data directory.")
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME_OR_IP",
            help="A machine under whose name or address the platform is to be reached. May come several times.",
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long the certificates are good.")] = 365,
) -> None:
    """Make certificates for development: an authority (CA), and what it signs.

    DIR gets `tls.crt`, `tls.key` and `ca.crt` for a process with several services; a directory with the same three for
    each service, so that it can prove to be that service and no other; and one each for the edge, `edge`, and the
    command line, `cli`. That of the edge is good for INNKEEPER_EDGE_TLS_DIR as well. The authority's own key is in
    `ca/`, which no service needs. An authority that is there already is used again; the certificates are made anew.
    """
    from chassis.settings import Settings
    from clients.cli import certificate_set
    from clients.cli.edge import EDGE
    from services.names import NAMES

    directory = out or Settings.read().data_dir / "tls"
    hosts = [certificate_set.known_host(name) for name in host or ()]
    print(certificate_set.make(directory, (*NAMES, EDGE), hosts, days))
