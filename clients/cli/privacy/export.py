"""`innkeeper export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clients.cli.options import Address
from clients.cli.privacy.person import User, name_of


def export(
    user: User,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it; `-` is standard output."),
    ] = None,
    address: Address = "",
) -> None:
    """Write all that the platform holds of a person into one JSON file.

    There is none where a service does not answer: half of it would look like all of it. A file that is there already is
    not written over.
    """
    import os
    import sys
    from datetime import UTC, datetime

    from chassis.privacy.archive import archive, file_name
    from chassis.refusal import NotFound
    from chassis.security.service_clients import PERSONAL_DATA
    from clients.cli.calls import remotes
    from clients.cli.failure import Failure
    from services.catalogue import CATALOGUE

    name, now = name_of(user), datetime.now(UTC).replace(microsecond=0)
    holders = [service.name for service in CATALOGUE if service.holds_personal_data]
    with remotes(PERSONAL_DATA, holders, address, ("internal", "admin", "privacy.export")) as services:
        held = {
            service: b"".join(piece.content for piece in asked.ExportPersonalData(user=name, service=service))
            for service, asked in services.items()
        }
    try:
        content = archive(name, held, now)
    except NotFound as nobody:
        raise Failure(nobody.message) from None
    if str(output) == "-":
        sys.stdout.buffer.write(content)
        return
    path = output or Path(file_name(name, now))
    try:
        # For its owner's eyes: it holds a person's data.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
    print(f"{path}: {len(content)} bytes, of {', '.join(sorted(held))}")
