"""Prometheus metrics, under the names that gRPC servers have by custom (the grpc-ecosystem's)."""

from __future__ import annotations

import threading
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from chassis.errors import StartError

LABELS = ("grpc_service", "grpc_method")
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.handled = Counter(
            "grpc_server_handled_total", "Calls that ended, by status.", (*LABELS, "grpc_code"), registry=self.registry
        )
        self.seconds = Histogram(
            "grpc_server_handling_seconds", "How long calls took.", LABELS, buckets=SECONDS, registry=self.registry
        )
        self.in_hand = Gauge("grpc_server_calls_in_hand", "Calls that are being handled.", registry=self.registry)
        self.shed = Counter("innkeeper_calls_shed_total", "Calls refused for overload.", registry=self.registry)
        self.client_handled = Counter(
            "grpc_client_handled_total",
            "Calls to other services that ended, by status.",
            (*LABELS, "grpc_code"),
            registry=self.registry,
        )


class MetricsServer:
    """Serves `/metrics` on loopback, on a thread of its own."""

    def __init__(self, metrics: Metrics, port: int) -> None:
        try:
            served: tuple[WSGIServer, threading.Thread] = start_http_server(
                port, addr="127.0.0.1", registry=metrics.registry
            )
        except OSError as error:
            raise StartError(
                f"INNKEEPER_METRICS_PORT={port}: 127.0.0.1:{port} cannot be listened on ({error.strerror});"
                " choose another port, or 0 for a free one"
            ) from None
        self._server, self._thread = served
        self.address = f"127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
