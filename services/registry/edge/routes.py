"""Where a request from outside goes, made from the contracts: every open method has its routes, and no other has."""

from __future__ import annotations

from collections.abc import Iterator

from envoy.config.route.v3.route_components_pb2 import (
    DirectResponseAction,
    FilterConfig,
    HeaderMatcher,
    Route,
    RouteAction,
    RouteMatch,
    VirtualHost,
)
from envoy.config.route.v3.route_pb2 import RouteConfiguration
from envoy.extensions.filters.http.buffer.v3.buffer_pb2 import BufferPerRoute
from envoy.type.matcher.v3.regex_pb2 import RegexMatcher
from envoy.type.matcher.v3.string_pb2 import StringMatcher
from google.protobuf.wrappers_pb2 import BoolValue

from chassis.network import REGISTRY
from chassis.policy import Method
from services.registry.edge.access import is_open, needs_token
from services.registry.edge.connection_manager import BUFFER, TABLE, WEBSOCKET, buffer
from services.registry.edge.cors import CORS, cors
from services.registry.edge.headers import HEADERS, without_grpc
from services.registry.edge.policy import EdgePolicy
from services.registry.edge.tokens import NEEDED, OPTIONAL, SUBJECT, TOKENS, required
from services.registry.edge.transcoder import TRANSCODER
from services.registry.edge.web import WEB
from services.registry.mesh import Mesh
from services.registry.xds.clusters import seconds
from services.registry.xds.resource import packed
from services.registry.xds.routes import ENVOY, method_routes
from services.registry.xds.view import Methods

OF_THE_WHOLE = (
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
)
"""gRPC services of no contract, which the registry's process answers for the platform."""

EXPORT = "/v1/users/[^/]+:export"
"""A path of `web` that would else be taken for one of a contract: for the user of the name `…:export`."""

PAGE_WITHIN = 60
"""Seconds in which what is no call of a method is to be answered."""

OWN = (SUBJECT, "x-envoy-external-address")
"""Headers of requests that are of use within Envoy alone. That which tells what was REST goes on to the service, as it
is needed still where the body turns out to be bad."""

_GRPC = HeaderMatcher(name="content-type", string_match=StringMatcher(prefix="application/grpc"))
"""gRPC and gRPC-Web; REST too, once it was made gRPC."""

_UPGRADE = HeaderMatcher(name="upgrade", string_match=StringMatcher(exact=WEBSOCKET, ignore_case=True))


def table(mesh: Mesh, services: Methods, policy: EdgePolicy) -> RouteConfiguration:
    """All routes, in the order in which they are tried."""
    host = VirtualHost(name=TABLE, domains=["*"], routes=_routes(mesh, services, policy))
    if policy.origins:
        host.typed_per_filter_config[CORS].CopyFrom(packed(cors(policy)))
    return RouteConfiguration(name=TABLE, virtual_hosts=[host], request_headers_to_remove=OWN)


def _routes(mesh: Mesh, services: Methods, policy: EdgePolicy) -> Iterator[Route]:
    if WEB in services:
        yield _websocket()
    for service, methods in services.items():
        for method in methods:
            if is_open(method):
                yield from _method(mesh, service, method)
    if REGISTRY in services:
        for name in OF_THE_WHOLE:
            yield _of_the_whole(name)
    unknown = Route(match=RouteMatch(prefix="/", headers=[_GRPC]), direct_response=DirectResponseAction(status=501))
    yield _with_tokens(unknown, OPTIONAL)
    if WEB in services:
        yield _export(policy)
    yield _not_grpc(_page() if WEB in services else _nothing(), policy)


def _method(mesh: Mesh, service: str, method: Method) -> Iterator[Route]:
    for route in method_routes(mesh, service, method, ENVOY):
        route.match.headers.append(_GRPC)
        if method.client_streaming or method.server_streaming:
            route.route.idle_timeout.CopyFrom(seconds(0))
        yield _with_tokens(route, NEEDED if needs_token(method) else OPTIONAL)


def _of_the_whole(name: str) -> Route:
    action = RouteAction(cluster=REGISTRY, timeout=seconds(0), idle_timeout=seconds(0))
    return _with_tokens(Route(match=RouteMatch(prefix=f"/{name}/", headers=[_GRPC]), route=action), OPTIONAL)


def _websocket() -> Route:
    """All of them go to one service, and begin with a token."""
    upgrade = RouteAction.UpgradeConfig(upgrade_type=WEBSOCKET, enabled=BoolValue(value=True))
    action = RouteAction(cluster=WEB, timeout=seconds(0), idle_timeout=seconds(0), upgrade_configs=[upgrade])
    return _with_tokens(Route(match=RouteMatch(prefix="/", headers=[_UPGRADE]), route=action), NEEDED)


def _page() -> Route:
    action = RouteAction(cluster=WEB, timeout=seconds(0))
    action.max_stream_duration.max_stream_duration.CopyFrom(seconds(PAGE_WITHIN))
    return Route(match=RouteMatch(prefix="/"), route=action)


def _export(policy: EdgePolicy) -> Route:
    route = _not_grpc(_page(), policy)
    route.match.CopyFrom(RouteMatch(safe_regex=RegexMatcher(regex=EXPORT)))
    route.typed_per_filter_config[TRANSCODER].CopyFrom(packed(FilterConfig(disabled=True)))
    return _with_tokens(route, NEEDED)


def _nothing() -> Route:
    return Route(match=RouteMatch(prefix="/"), direct_response=DirectResponseAction(status=404))


def _not_grpc(route: Route, policy: EdgePolicy) -> Route:
    """Takes REST as well, until it is made gRPC. Bodies are held until they are whole, and bounded; gRPC bounds its
    messages by itself, and a stream of them is not to be held up."""
    route.typed_per_filter_config[BUFFER].CopyFrom(packed(BufferPerRoute(buffer=buffer(policy))))
    route.typed_per_filter_config[HEADERS].CopyFrom(packed(without_grpc()))
    return _with_tokens(route, OPTIONAL)


def _with_tokens(route: Route, requirement: str) -> Route:
    route.typed_per_filter_config[TOKENS].CopyFrom(required(requirement))
    return route
