"""Clusters and endpoints of a mesh."""

from __future__ import annotations

import dataclasses

import pytest

from services.registry.mesh import Mesh, Traffic
from services.registry.xds.clusters import DEFAULT_LIMIT, cluster
from services.registry.xds.endpoints import endpoints
from tests.unit.registry.instances import instance

MESH = Mesh(
    instances=(
        instance("one", service="toy", port=7101),
        instance("two", service="toy", variant="v2", port=7102),
        instance("three", service="toy", variant="go", port=7103),
        instance("else", service="other", port=7104),
    ),
    traffic={"toy": Traffic(service="toy", shares={"v2": 10})},
    limits={"toy": 7},
)


def ports(name: str, mesh: Mesh = MESH) -> list[int]:
    load = endpoints(mesh, name)
    assert load.cluster_name == name
    return [
        endpoint.endpoint.address.socket_address.port_value
        for locality in load.endpoints
        for endpoint in locality.lb_endpoints
    ]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("toy", [7101, 7102, 7103]),
        ("toy/v2", [7102]),
        ("toy/-", [7101, 7103]),
        ("toy/v9", []),
        ("other", [7104]),
        ("nothing", []),
    ],
)
def test_the_endpoints_of_a_cluster(name: str, found: list[int]) -> None:
    assert ports(name) == found


def test_one_address_is_one_endpoint() -> None:
    twice = Mesh(instances=(instance("one", service="toy"), instance("one-again", service="toy")))
    assert ports("toy", twice) == [7100]


def test_an_address_of_ipv6() -> None:
    six = dataclasses.replace(instance("six", service="toy"), address="[::1]:7100")
    (locality,) = endpoints(Mesh(instances=(six,)), "toy").endpoints
    socket = locality.lb_endpoints[0].endpoint.address.socket_address
    assert (socket.address, socket.port_value) == ("::1", 7100)


@pytest.mark.parametrize(("name", "limit"), [("toy", 7), ("toy/v2", 7), ("other", DEFAULT_LIMIT)])
def test_limits(name: str, limit: int) -> None:
    (thresholds,) = cluster(MESH, name).circuit_breakers.thresholds
    assert thresholds.max_requests.value == limit
    assert thresholds.max_pending_requests.value == limit, "Envoy's own is 1024"


def test_outliers_are_told_by_what_they_fail_and_by_nothing_else() -> None:
    outliers = cluster(MESH, "toy").outlier_detection
    assert outliers.enforcing_failure_percentage.value == 100
    assert outliers.failure_percentage_minimum_hosts.value == 2
    assert outliers.max_ejection_percent.value == 50
    for field in ("enforcing_success_rate", "enforcing_consecutive_5xx"):
        assert outliers.HasField(field), f"{field} is on unless it is set to 0"
        assert getattr(outliers, field).value == 0
