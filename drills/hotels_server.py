"""The real hotels service behind the whole chassis, on a catalogue of its own, in a process of its own.

`python -m drills.hotels_server [--unprotected]` says its address when it is ready, and ends with its standard input.
Unprotected it is the same without admission control.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
from pathlib import Path

import uvloop
from cryptography.fernet import Fernet

from benchmarks.trivial import Signer
from chassis.kit import utc_now
from chassis.observability.access_log import AccessLog
from chassis.observability.logs import lines_writer, set_up_logs
from chassis.observability.metrics import Metrics
from chassis.observability.tracing import Tracing
from chassis.policy import Method
from chassis.security.verification import TokenVerifier
from chassis.server.admission import AdmissionInterceptor
from chassis.server.door import Door
from chassis.server.endpoint import endpoints
from chassis.server.interceptor import Handler
from chassis.server.lifecycle import Server
from chassis.server.loop_lag import LoopLag
from chassis.server.overload import Overload
from chassis.settings import Settings
from chassis.stack import server_stack
from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from clients.catalogue.demo import demo_listings
from services.hotels import changes
from services.hotels.changes import Incoming
from services.hotels.messages import to_listing
from services.hotels.service import SERVICE
from services.hotels.servicer import HotelsServicer

HOTELS = 650


class OpenDoor(AdmissionInterceptor):
    """Lets everybody in."""

    def bind(self, method: Method, proceed: Handler) -> Handler:
        """Stands in nobody's way."""
        return proceed


async def serve(unprotected: bool) -> None:
    """Serves until the end of the standard input."""
    settings = Settings.read(port=0, drain_seconds=0.0, log_format="json")
    with tempfile.TemporaryDirectory() as directory:
        seal = Fernet(Fernet.generate_key())
        database = Database.open("hotels", url="", directory=Path(directory), seal=seal)
        await _fill(database)
        metrics, overload = Metrics(), Overload(settings.max_concurrent_calls)
        admission = (OpenDoor if unprotected else AdmissionInterceptor)(overload, metrics)
        stack = server_stack(
            SERVICE.contract.file,
            tracing=Tracing("drill", 0.0, None),
            metrics=metrics,
            access_log=AccessLog(lines_writer(settings)),
            admission=admission,
            verifier=TokenVerifier(Signer().jwks, "innkeeper", "innkeeper"),
        )
        served = endpoints(SERVICE.contract, HotelsServicer(database, utc_now), stack)
        door = None if unprotected else Door(admission, served, metrics)
        server = Server(served, settings, door=door)
        overload.backlog, database.on_wait = server.backlog, overload.waited
        lag = LoopLag(overload.tick)
        lag.start()
        await server.start()
        gc.collect()
        gc.freeze()  # as the platform does when it is ready
        print(server.address, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        lag.stop()
        await server.drain()
        database.close()


async def _fill(database: Database) -> None:
    migrate(database, SERVICE.migrations, SERVICE.tables())
    batch = [
        Incoming(position, to_listing(listing, now=utc_now()).in_order())
        for position, listing in enumerate(demo_listings(hotels=HOTELS))
    ]
    await database.write(lambda session: changes.take(session, batch))


if __name__ == "__main__":
    set_up_logs(Settings.read(log_format="json"))
    uvloop.run(serve("--unprotected" in sys.argv))
