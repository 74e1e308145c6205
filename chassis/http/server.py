"""An HTTP server from its first request to its last, in the event loop of the process: uvicorn, started and drained as
the gRPC server beside it is."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from starlette.types import ASGIApp

from chassis.addresses import ips_of, joined
from chassis.errors import StartError
from chassis.http.going_away import GoingAwayMiddleware
from chassis.http.limits import LARGEST_HEAD
from chassis.http.stack import Middleware, folded
from chassis.http.websocket import WebSocketProtocol
from chassis.security.transport_security import TransportSecurity
from chassis.settings import Settings

LARGEST_MESSAGE = 64 * 1024
"""Bytes of a message that comes by WebSocket."""

KEPT_OPEN = 75
"""Seconds that a connection is kept which nobody uses: longer than the edge keeps it, or one would be closed just as
the edge takes it for the next request."""

SETTLING = 0.02
"""Seconds that a connection has, which came just before there was to be none, to be known as one."""

PING_EVERY = 20.0
"""Seconds between two pings to whoever is at the other end of a WebSocket; one that does not answer is given up."""


class HttpServer:
    """Serves an ASGI app on one port, by HTTP/1.1 and WebSocket.

    Args:
        app: What is served.
        middleware: What stands before it, outermost first.
        settings: Address, and how long to drain.
        security: The certificate that the port is served with, to clients that have one too; None for one without TLS.
    """

    def __init__(
        self, app: ASGIApp, middleware: Middleware, settings: Settings, security: TransportSecurity | None = None
    ) -> None:
        self._settings = settings
        self._sockets = GoingAwayMiddleware(app)
        self._config = uvicorn.Config(
            folded(middleware, self._sockets),
            http="h11",  # of the two that uvicorn has, the one that keeps no more than so much of a head that goes on
            ws=WebSocketProtocol,
            ws_max_size=LARGEST_MESSAGE,
            ws_ping_interval=PING_EVERY,
            ws_ping_timeout=PING_EVERY,
            ws_per_message_deflate=False,  # its window would be most of what a connection takes
            h11_max_incomplete_event_size=LARGEST_HEAD,
            timeout_keep_alive=KEPT_OPEN,
            # Said to be whole seconds, and waited for as asyncio does.
            timeout_graceful_shutdown=settings.drain_seconds,  # type: ignore[arg-type]
            ssl_context_factory=None if security is None else lambda *_: security.server_context(),
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
        )
        self._server = uvicorn.Server(self._config)
        self._listening: list[socket.socket] = []
        self.address = ""

    async def start(self) -> None:
        """Begins to listen. Raises StartError where the address cannot be had."""
        listening = self._bound()
        self._listening = [listening]
        self.address = joined(self._settings.host, listening.getsockname()[1])
        # What `serve` does but for its handlers of signals, and its loop, which wakes ten times a second.
        self._config.load()
        self._server.lifespan = self._config.lifespan_class(self._config)
        await self._server.startup(sockets=self._listening)

    async def drain(self) -> None:
        """Takes no new requests, ends WebSockets, lets requests in flight finish for as long as the settings say, and
        stops."""
        for server in self._server.servers:
            server.close()
        await asyncio.sleep(SETTLING)
        await self._sockets.leave()
        await self._server.shutdown(sockets=self._listening)
        state = self._server.server_state
        while state.tasks:  # those that did not finish in time, which have been told
            await asyncio.wait(list(state.tasks))
        while state.connections:
            for connection in state.connections:
                connection.transport.abort()
            await asyncio.sleep(0)

    def _bound(self) -> socket.socket:
        host, port = self._settings.host, self._settings.http_port
        ip = ips_of(host)[0]
        family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
        both = ip.version == 6 and ip.is_unspecified and socket.has_dualstack_ipv6()
        try:
            return socket.create_server((str(ip), port), family=family, dualstack_ipv6=both, backlog=1024)
        except OSError as error:
            raise StartError(
                f"INNKEEPER_HTTP_PORT={port}: {joined(host, port)} cannot be listened on ({error.strerror});"
                " choose another port, or 0 for a free one"
            ) from None
