"""`python -m clients.cli.serving SERVICE...`: what `innkeeper serve` becomes when it has read its command line.

A program of its own, which loads nothing that reads command lines.
"""

from __future__ import annotations

import os
import sys
import time
from types import ModuleType
from typing import cast

from clients.cli import lifeline
from clients.cli.failure import exit_code


def main() -> int:
    """Run the services that are named until SIGINT or SIGTERM; the exit code."""
    began = time.monotonic()
    # What gRPC's core has to say of a failure, we say ourselves; read when grpc is first imported.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    lifeline.hold()
    return exit_code(lambda: _serve(sys.argv[1:], began))


def _serve(services: list[str], began: float) -> None:
    # Where rich is installed, which typer brings along, structlog loads it into every process to draw tracebacks with:
    # 4 MiB, for tracebacks that show the values of variables.
    sys.modules["rich"] = cast(ModuleType, None)
    from clients.cli import hosting

    del sys.modules["rich"]
    hosting.host(hosting.named(services), began=began, prepare=hosting.nothing)


if __name__ == "__main__":
    sys.exit(main())
