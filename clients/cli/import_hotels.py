"""`innkeeper hotels import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clients.cli.options import Address


def import_hotels(
    file: Annotated[
        Path,
        typer.Argument(
            help="A CSV file with the columns id, name, country, city, address, latitude, longitude; and, where there "
            "are such, email, fallback_email, language: how the hotel's people are reached."
        ),
    ],
    seed: Annotated[
        int, typer.Option(help="Such a file says nothing of rooms and prices; with the same seed the same are made up.")
    ] = 2026,
    address: Address = "",
) -> None:
    """Take the hotels of a CSV file into the catalogue of the running platform.

    Lines that make no hotel are named, each with its column and what is wrong, and do not keep the others out. A hotel
    that is there already is brought to what the file says, so that a file can be imported again.
    """
    import sys

    from chassis.settings import Settings
    from clients.cli import running
    from clients.cli.hotels_file import HotelsFile

    hotels = HotelsFile(file, seed)
    settings = Settings.read()
    with running.connected(running.place_of(settings, address)) as channel:
        outcome = hotels.take_to(channel, running.secret_of(settings.data_dir))
    for line in outcome.complaints:
        print(line, file=sys.stderr)
    print(outcome.summary)
    if not outcome.taken:
        raise typer.Exit(1)
