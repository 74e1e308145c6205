"""Reads the metrics of all processes, as Prometheus would, and has Prometheus read them at one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from typing import Final

from chassis.observability.metrics_server import MetricsServer
from clients.cli.supervisor.child import Child
from clients.cli.supervisor.joined_metrics import joined_metrics

ANSWERED_WITHIN: Final = 2.0
"""Seconds."""

AT_ONCE: Final = 8


@contextmanager
def served_metrics(port: int, children: Sequence[Child], others: Sequence[Callable[[], bytes]]) -> Iterator[str]:
    """Where they are served, `host:port`; for a port of -1 nowhere. Raises StartError where that cannot be."""
    if port < 0:
        yield ""
        return
    with closing(MetricsServer(lambda: metrics_of(children, others), port)) as server:
        yield server.address


def metrics_of(children: Sequence[Child], others: Sequence[Callable[[], bytes]]) -> bytes:
    """What the processes tell, and behind it what others do, in Prometheus' text format.

    To be called by a thread that may wait: for one process that does not answer, and no longer for several.
    """
    asked = tuple(children)  # there may be more of them by the time of the last answer
    with ThreadPoolExecutor(AT_ONCE) as threads:
        told = list(threads.map(lambda child: _read(child.metrics), asked))
    by_name = {child.replica.label: text for child, text in zip(asked, told, strict=True)}
    return b"".join((joined_metrics(by_name), *(read() for read in others)))


def _read(address: str) -> bytes | None:
    """What is told at that address; None where nothing is."""
    if not address:
        return None
    connection = HTTPConnection(address, timeout=ANSWERED_WITHIN)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read()
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
