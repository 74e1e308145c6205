"""The configuration that is made of the contracts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from envoy.extensions.filters.http.grpc_json_transcoder.v3.transcoder_pb2 import GrpcJsonTranscoder
from envoy.extensions.filters.http.jwt_authn.v3.config_pb2 import JwtAuthentication, PerRouteConfig
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from chassis.policy import Method, methods
from innkeeper.options.v1.options_pb2 import ACCESS_PUBLIC
from services.catalogue import CATALOGUE
from services.registry.edge.access import is_open
from services.registry.edge.node import EdgeNode
from services.registry.edge.tokens import NEEDED, OPTIONAL, TOKENS
from services.registry.edge.transcoder import TRANSCODER
from services.registry.mesh import Fault, Mesh, Traffic
from tests.certificates import authority, put
from tests.service.registry.edge.rendered import LISTEN, as_file, every_route, managers, view
from tests.unit.registry.instances import instance

METHODS = [method for service in CATALOGUE if service.contract is not None for method in methods(service.contract)]

BUSY = Mesh(
    instances=(instance("one", service="hotels"), instance("two", service="hotels", variant="v2")),
    traffic={"hotels": Traffic(service="hotels", shares={"v2": 10})},
    faults={
        ("hotels", "GetHotel"): Fault(service="hotels", method="GetHotel", delay=1.0, abort_code=14, percent=5),
    },
)
"""Calls that are split, and one that meets a fault."""

KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "logging JSON": {"node": EdgeNode(listen=LISTEN, access_log="json")},
    "with origins": {"edge_origins": "https://book.example,http://localhost:3000"},
    "for all origins": {"edge_origins": "*"},
    "of a busy mesh": {"mesh": BUSY},
    "without web": {"catalogue": [service for service in CATALOGUE if service.name != "web"]},
    "for HTTP over IPv6": {"node": EdgeNode(listen="[::1]:18080")},
}


@pytest.mark.parametrize("kind", KINDS)
async def test_envoy_takes_it(kind: str, tmp_path: Path, envoy: Path) -> None:
    await _valid(as_file(view(**KINDS[kind])), tmp_path, envoy)


async def test_envoy_takes_it_with_tls(tmp_path: Path, envoy: Path) -> None:
    directory = str(put(tmp_path / "tls", authority(tmp_path / "ca"), ["edge", "127.0.0.1"]))
    node = EdgeNode(listen=LISTEN, redirect="127.0.0.1:18081", tls_dir=directory, edge_tls_dir=directory)
    seen = view(node, tls_dir=directory)
    assert list(managers(seen)) == [LISTEN, "127.0.0.1:18081"]
    await _valid(as_file(seen), tmp_path, envoy)


@pytest.mark.parametrize("mesh", [Mesh(), BUSY], ids=["empty", "busy"])
def test_every_route_says_what_token_it_needs(mesh: Mesh) -> None:
    access = {method.path: method.access for method in METHODS}
    for route in every_route(view(mesh=mesh)):
        requirement = PerRouteConfig.FromString(route.typed_per_filter_config[TOKENS].value).requirement_name
        path = route.match.path
        if path:
            assert requirement == (OPTIONAL if access[path] == ACCESS_PUBLIC else NEEDED)
        assert requirement in (OPTIONAL, NEEDED)


def test_every_filter_chain_knows_both_requirements() -> None:
    """Envoy lets a request through whose route names a requirement that the filter does not have."""
    (manager,) = managers(view()).values()
    chains = [manager.http_filters, *(upgrade.filters for upgrade in manager.upgrade_configs)]
    assert len(chains) == 2
    for chain in chains:
        (config,) = [each.typed_config for each in chain if each.name == TOKENS]
        rules = JwtAuthentication.FromString(config.value)
        assert set(rules.requirement_map) == {OPTIONAL, NEEDED}
        assert rules.requirement_map[NEEDED].provider_name


def test_every_open_method_has_a_route_and_no_other() -> None:
    routed = {route.match.path for route in every_route(view()) if route.match.path}
    assert routed == {method.path for method in METHODS if is_open(method)}
    assert all("content-type" in {header.name for header in route.match.headers} for route in _by_method())


def test_prefixes_lead_past_methods() -> None:
    """Whatever is called by a prefix is no method of a contract."""
    prefixes = {route.match.prefix for route in every_route(view()) if route.match.prefix} - {"/"}
    assert prefixes
    assert not [prefix for prefix in prefixes if any(method.path.startswith(prefix) for method in METHODS)]


def test_rest_knows_no_method_that_is_not_open() -> None:
    (manager,) = managers(view()).values()
    (config,) = [each.typed_config for each in manager.http_filters if each.name == TRANSCODER]
    transcoder = GrpcJsonTranscoder.FromString(config.value)
    files = FileDescriptorSet.FromString(transcoder.proto_descriptor_bin).file
    known = {
        f"/{file.package}.{service.name}/{method.name}"
        for file in files
        for service in file.service
        for method in service.method
    }
    assert known == {method.path for method in METHODS if is_open(method)}
    assert not transcoder.auto_mapping


@pytest.mark.parametrize("method", [method for method in METHODS if method.server_streaming and is_open(method)])
def test_a_stream_may_be_quiet(method: Method) -> None:
    routes = [route for route in _by_method() if route.match.path == method.path]
    assert routes
    for route in routes:
        assert route.route.HasField("idle_timeout")
        assert route.route.idle_timeout.ToTimedelta().total_seconds() == 0


def test_the_listener_is_the_same_whatever_the_mesh() -> None:
    """It is large, so that it is sent once."""
    assert managers(view()) == managers(view(mesh=BUSY))


def _by_method() -> list[Any]:
    return [route for route in every_route(view()) if route.match.path]


async def _valid(configuration: str, directory: Path, envoy: Path) -> None:
    """Fails with Envoy's own words where it does not accept the configuration."""
    file = directory / "envoy.json"
    file.write_text(configuration)
    process = await asyncio.create_subprocess_exec(
        envoy, "--mode", "validate", "--config-path", file, stdout=-1, stderr=-2
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
    assert b"eprecated" not in told, told.decode()
