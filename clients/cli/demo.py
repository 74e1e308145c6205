"""`innkeeper demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    hotels: Annotated[
        Path | None,
        typer.Option(
            envvar="HOTELS", help="A CSV file of real hotels to take in as well, as for `innkeeper hotels import`."
        ),
    ] = None,
) -> None:
    """Walk through a booking on a platform of its own: sign up, search, book, cancel, and look into the books.

    The platform runs on a free port and a temporary directory, and is gone afterwards. Each step is shown with the time
    it took. The last line counts what the platform says has happened; the exit code is 0 where that is as it should be.
    """
    from clients.cli import rehearsal

    rehearsal.rehearse(hotels)
