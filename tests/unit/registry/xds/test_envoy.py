"""What an Envoy gets by what its node says."""

from __future__ import annotations

from typing import Any

import pytest
from envoy.config.cluster.v3.cluster_pb2 import Cluster
from envoy.config.core.v3.base_pb2 import Node
from envoy.config.route.v3.route_pb2 import RouteConfiguration
from envoy.extensions.transport_sockets.tls.v3.tls_pb2 import UpstreamTlsContext

from chassis.policy import methods
from services.registry.mesh import Mesh, Traffic
from services.registry.xds.envoy import TABLE, EnvoyNode, EnvoyView
from services.registry.xds.resource import CLUSTER, LISTENER, ROUTES
from services.registry.xds.view import TargetView
from tests.toy import contract
from tests.unit.registry.instances import instance


def node(agent: str = "envoy", **metadata: Any) -> Node:
    made = Node(user_agent_name=agent)
    made.metadata.update(metadata)
    return made


def view(*, tls: bool = False, **metadata: Any) -> EnvoyView:
    services = {name: tuple(methods(contract.service("ToyService"))) for name in ("toy",)}
    mesh = Mesh(
        instances=(instance("one", service="toy"),), traffic={"toy": Traffic(service="toy", shares={"v2": 100})}
    )
    said = EnvoyNode.of(node(**metadata))
    assert said is not None
    return EnvoyView(mesh, services, TargetView(mesh, services, ()), said, tls=tls)


@pytest.mark.parametrize(
    ("listen", "listeners"),
    [
        pytest.param({}, [], id="not said"),
        pytest.param({"listen": "127.0.0.1:8080"}, ["127.0.0.1:8080"], id="one"),
        pytest.param({"listen": ["127.0.0.1:8080", "[::1]:8080"]}, ["127.0.0.1:8080", "[::1]:8080"], id="two"),
        pytest.param({"listen": "here"}, [], id="not an address"),
        pytest.param({"listen": 8080}, [], id="a number"),
        pytest.param({"listen": "127.0.0.1:99999999999"}, [], id="no such port"),
        pytest.param({"listen": ":8080"}, [], id="no host"),
        pytest.param(
            {"listen": [f"127.0.0.1:{port}" for port in range(8000, 8100)]},
            [f"127.0.0.1:{port}" for port in range(8000, 8016)],
            id="more than there can be",
        ),
    ],
)
def test_listeners(listen: dict[str, Any], listeners: list[str]) -> None:
    seen = view(**listen)
    assert list(seen.all(LISTENER)) == listeners
    assert all(seen.resource(LISTENER, name) for name in listeners)
    assert seen.resource(LISTENER, "127.0.0.1:9") is None


def test_who_is_no_envoy() -> None:
    assert EnvoyNode.of(node("gRPC Python", listen="127.0.0.1:8080")) is None


def test_clusters_are_there_before_calls_are_led_to_them() -> None:
    assert list(view().all(CLUSTER)) == ["toy", "toy/-", "toy/v1", "toy/v2"]


def test_methods_that_are_not_known_go_by_their_service() -> None:
    (host,) = RouteConfiguration.FromString(view().resource(ROUTES, TABLE) or b"").virtual_hosts
    assert host.routes[-1].match.prefix == "/toy.v1.ToyService/"
    assert all(route.match.path for route in host.routes[:-1])


@pytest.mark.parametrize("name", ["toy", "toy/v2"])
def test_mutual_tls(name: str) -> None:
    seen = view(tls=True, tls_dir="/etc/innkeeper")
    socket = Cluster.FromString(seen.resource(CLUSTER, name) or b"").transport_socket
    context = UpstreamTlsContext.FromString(socket.typed_config.value)
    assert context.sni == "toy"
    assert context.common_tls_context.tls_certificates[0].private_key.filename == "/etc/innkeeper/tls.key"
    (san,) = context.common_tls_context.validation_context.match_typed_subject_alt_names
    assert san.matcher.exact == "toy"
