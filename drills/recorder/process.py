"""`python -m drills.recorder.process SERVICE…`: what `innkeeper serve` runs, on a platform with the recorder."""

from __future__ import annotations

import sys
import time

from clients.cli import hosting
from clients.cli.failure import exit_code
from drills.recorder.service import RECORDER
from services.catalogue import CATALOGUE

WITH_RECORDER = (*CATALOGUE, RECORDER)


def main(names: list[str]) -> int:
    """Runs the services of those names until SIGINT or SIGTERM; the exit code."""
    services = [service for service in WITH_RECORDER if service.name in names]
    began = time.monotonic()
    return exit_code(lambda: hosting.host(services, began=began, prepare=hosting.nothing, catalogue=WITH_RECORDER))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
