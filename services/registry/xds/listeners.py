"""Listeners: by which name, or at which address, a client takes up a table of routes."""

from __future__ import annotations

from envoy.config.core.v3.address_pb2 import Address, SocketAddress
from envoy.config.core.v3.config_source_pb2 import AggregatedConfigSource, ApiVersion, ConfigSource
from envoy.config.listener.v3.api_listener_pb2 import ApiListener
from envoy.config.listener.v3.listener_components_pb2 import Filter, FilterChain
from envoy.config.listener.v3.listener_pb2 import Listener
from envoy.extensions.filters.http.fault.v3.fault_pb2 import HTTPFault
from envoy.extensions.filters.http.router.v3.router_pb2 import Router
from envoy.extensions.filters.network.http_connection_manager.v3.http_connection_manager_pb2 import (
    HttpConnectionManager,
    HttpFilter,
    Rds,
)

from chassis.addresses import parted
from services.registry.xds.resource import packed

FAULT_FILTER = "envoy.filters.http.fault"
"""The filter by which routes delay and abort calls."""


def over_ads() -> ConfigSource:
    """What a resource refers to comes on the same stream as itself."""
    return ConfigSource(ads=AggregatedConfigSource(), resource_api_version=ApiVersion.V3)


def target_listener(target: str) -> Listener:
    """For a gRPC client of `xds:///target`: the routes of the same name."""
    return Listener(name=target, api_listener=ApiListener(api_listener=packed(_connection_manager(target))))


def socket_listener(address: str, routes: str) -> Listener:
    """For Envoy: a socket to listen on, with the routes of that name."""
    host, port = parted(address)
    manager = Filter(
        name="envoy.filters.network.http_connection_manager", typed_config=packed(_connection_manager(routes))
    )
    return Listener(
        name=address,
        address=Address(socket_address=SocketAddress(address=host, port_value=port)),
        filter_chains=[FilterChain(filters=[manager])],
    )


def _connection_manager(routes: str) -> HttpConnectionManager:
    return HttpConnectionManager(
        stat_prefix=routes,
        rds=Rds(config_source=over_ads(), route_config_name=routes),
        http_filters=[
            HttpFilter(name=FAULT_FILTER, typed_config=packed(HTTPFault())),
            HttpFilter(name="envoy.filters.http.router", typed_config=packed(Router())),
        ],
    )
