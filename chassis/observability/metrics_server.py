"""Where Prometheus reads metrics. Loads neither gRPC nor the metrics: the supervisor has such a place too."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

from chassis.addresses import joined
from chassis.start_error import StartError

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

HOST = "127.0.0.1"


class MetricsServer:
    """Serves `/metrics` on loopback, on threads of its own.

    Args:
        read: What there is to say, in Prometheus' text format; called by one of these threads.
        port: 0 for a free one. Raises StartError where it cannot be listened on.
    """

    def __init__(self, read: Callable[[], bytes], port: int) -> None:
        try:
            self._server = _Server((HOST, port), partial(_Handler, read))
        except OSError as error:
            raise StartError(
                f"INNKEEPER_METRICS_PORT={port}: {HOST}:{port} cannot be listened on ({error.strerror});"
                " choose another port, or 0 for a free one"
            ) from None
        self.address = joined(HOST, self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    timeout = 10.0
    """Seconds that a client may take to say what it wants."""

    def __init__(self, read: Callable[[], bytes], *connection: Any) -> None:
        self._read = read
        super().__init__(*connection)

    def handle(self) -> None:
        """Handle one request."""
        with suppress(ConnectionError):  # whoever asked has gone
            super().handle()

    def do_GET(self) -> None:
        """Whatever is asked for, there is one thing to read."""
        text = self._read()
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
        """Nobody need know who reads metrics."""
