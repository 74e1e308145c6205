"""The documents service behind the whole chassis, in a process of its own, which tells how late its event loop was.

`python -m benchmarks.receipts_server` says its address and a token as JSON, answers `begin` and `end`, and ends with
its standard input.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys

import uvloop

from benchmarks.trivial import Signer
from chassis.observability.access_log import AccessLog
from chassis.observability.logs import lines_writer, set_up_logs
from chassis.observability.metrics import Metrics
from chassis.observability.tracing import Tracing
from chassis.security.verification import TokenVerifier
from chassis.server.admission import AdmissionInterceptor
from chassis.server.endpoint import endpoints
from chassis.server.lifecycle import Server
from chassis.server.loop_lag import LoopLag
from chassis.server.overload import Overload
from chassis.settings import Settings
from chassis.stack import server_stack
from services.documents.service import SERVICE
from services.documents.servicer import DocumentsServicer
from services.documents.workers import Workers


async def serve() -> None:
    """Serves until the end of the standard input."""
    assert SERVICE.contract is not None
    settings = Settings.read(port=0, drain_seconds=0.0, log_format="json")
    signer = Signer(subject="clients/notifications", scope="internal documents.render")
    metrics, overload, samples = Metrics(), Overload(settings.max_concurrent_calls), list[float]()

    def sampled(late: float) -> None:
        overload.tick(late)
        samples.append(late * 1000)

    stack = server_stack(
        SERVICE.contract.file,
        tracing=Tracing("bench", 0.0, None),
        metrics=metrics,
        access_log=AccessLog(lines_writer(settings)),
        admission=AdmissionInterceptor(overload, metrics),
        verifier=TokenVerifier(signer.jwks, "innkeeper", "innkeeper"),
    )
    workers = Workers(settings.document_workers)
    server = Server(endpoints(SERVICE.contract, DocumentsServicer(workers), stack), settings)
    overload.backlog = server.backlog
    lag = LoopLag(sampled)
    await server.start()
    lag.start()
    print(json.dumps([server.address, signer.authorization]), flush=True)
    while said := await asyncio.to_thread(sys.stdin.readline):
        if said == "begin\n":
            samples.clear()
            print(flush=True)
        else:
            print(json.dumps({"p99": statistics.quantiles(samples, n=100)[-1], "most": max(samples)}), flush=True)
    lag.stop()
    await server.drain()
    await workers.stop()


if __name__ == "__main__":
    set_up_logs(Settings.read(log_format="json"))
    uvloop.run(serve())
