"""`python -m clients.cli.serving SERVICE...`: what `innkeeper serve` becomes when it has read its command line.

A program of its own, which loads nothing that reads command lines. Where it had databases to migrate, or reference data
to load, it starts itself anew: what that takes, 10 MiB and more, would be kept for as long as the process serves.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn, cast

from clients.cli import lifeline
from clients.cli.failure import exit_code

BEGAN = "INNKEEPER_BEGAN"
"""Names when the command began, on the clock of `time.monotonic`, for the program that goes on with it."""


def become(services: Sequence[str], began: float) -> NoReturn:
    """Make this process the program that runs these services."""
    environment = {**os.environ, BEGAN: str(began)}
    os.execve(sys.executable, (sys.executable, "-m", "clients.cli.serving", *services), environment)  # noqa: S606


def main() -> int:
    """Run the services that are named until SIGINT or SIGTERM; the exit code."""
    began = float(os.environ.pop(BEGAN, time.monotonic()))
    # What gRPC's core has to say of a failure, we say ourselves; read when grpc is first imported.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    lifeline.hold()
    return exit_code(lambda: _serve(sys.argv[1:], began))


def _serve(services: list[str], began: float) -> None:
    # Where rich is installed, which typer brings along, structlog loads it into every process to draw tracebacks with:
    # 4 MiB, for tracebacks that show the values of variables.
    sys.modules["rich"] = cast(ModuleType, None)
    from chassis.platform import Migrated
    from clients.cli import hosting

    del sys.modules["rich"]
    try:
        hosting.host(hosting.named(services), began=began, prepare=hosting.nothing, afresh=True)
    except Migrated:
        become(services, began)


if __name__ == "__main__":
    sys.exit(main())
