"""`innkeeper migrate`."""

from __future__ import annotations

from typing import Annotated

import typer


def migrate(
    services: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SERVICE...]", help="The services whose databases it is about; else all."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 where there is something to do.")
    ] = False,
) -> None:
    """Bring databases to the version of this code.

    `innkeeper up` and `innkeeper serve` do so at start, unless INNKEEPER_MIGRATE_AT_START is false. A database that is
    newer than the code, or damaged, is named and left as it is.
    """
    from chassis.settings import Settings
    from clients.cli import hosting, migrating

    settings = Settings.read()
    due = [migrating.migrate(service, settings, apply=not check) for service in hosting.named(services or ())]
    if check and any(due):
        raise typer.Exit(1)
