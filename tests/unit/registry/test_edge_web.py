"""How the edge keeps its connections to what speaks HTTP/1.1."""

from __future__ import annotations

from chassis.http.server import KEPT_OPEN
from services.registry.edge.web import http1


def test_the_edge_gives_up_an_idle_connection_well_before_the_server_does() -> None:
    assert http1().common_http_protocol_options.idle_timeout.ToSeconds() <= KEPT_OPEN / 2
