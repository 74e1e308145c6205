"""Listeners: by which name a gRPC client takes up a table of routes."""

from __future__ import annotations

from envoy.config.listener.v3.api_listener_pb2 import ApiListener
from envoy.config.listener.v3.listener_pb2 import Listener
from envoy.extensions.filters.http.fault.v3.fault_pb2 import HTTPFault
from envoy.extensions.filters.http.router.v3.router_pb2 import Router
from envoy.extensions.filters.network.http_connection_manager.v3.http_connection_manager_pb2 import (
    HttpConnectionManager,
    HttpFilter,
    Rds,
)

from services.registry.xds.resource import over_ads, packed

FAULT_FILTER = "envoy.filters.http.fault"
"""The filter by which routes delay and abort calls."""


def target_listener(target: str) -> Listener:
    """For a gRPC client of `xds:///target`: the routes of the same name."""
    return Listener(name=target, api_listener=ApiListener(api_listener=packed(_connection_manager(target))))


def _connection_manager(routes: str) -> HttpConnectionManager:
    return HttpConnectionManager(
        stat_prefix=routes,
        rds=Rds(config_source=over_ads(), route_config_name=routes),
        http_filters=[
            HttpFilter(name=FAULT_FILTER, typed_config=packed(HTTPFault())),
            HttpFilter(name="envoy.filters.http.router", typed_config=packed(Router())),
        ],
    )
