"""The platform in a process that kills itself when the booking saga comes to a place.

    python -m tests.journey.dying "before capture"

Everything but that is as `innkeeper up` has it.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import time
from dataclasses import replace

from chassis.service import Service
from clients.cli import hosting
from services.booking.service import assemble


def dying_at(place: str, service: Service) -> Service:
    """The booking service with a checkpoint that nobody survives; any other service as it is."""
    if service.name != "booking":
        return service

    def checkpoint(reached: str) -> None:
        if reached == place:
            os.kill(os.getpid(), signal.SIGKILL)

    return replace(service, assemble=functools.partial(assemble, checkpoint=checkpoint))


def main(place: str) -> None:
    services = [dying_at(place, service) for service in hosting.named(())]
    hosting.host(services, began=time.monotonic(), prepare=hosting.nothing, catalogue=services)


if __name__ == "__main__":
    main(*sys.argv[1:])
