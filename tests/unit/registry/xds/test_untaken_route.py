"""A client gets to know the clusters of a service before its calls are led to them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from envoy.config.route.v3.route_pb2 import RouteConfiguration

from services.registry.mesh import Mesh, Traffic
from services.registry.xds.resource import ROUTES
from services.registry.xds.view import TargetView
from tests.unit.registry.instances import instance

ALL = ["hotels", "hotels/-", "hotels/v1", "hotels/v2"]


@pytest.mark.parametrize(
    ("variants", "shares", "known"),
    [
        pytest.param(["v1"], None, [], id="no-choice"),
        pytest.param(["v1", "v2"], None, ALL, id="two-variants"),
        pytest.param(["v1", "v2"], {"v2": 100}, ALL, id="split"),
        pytest.param(["v1"], {"v2": 10}, ALL, id="split-whose-variant-is-still-to-come"),
    ],
)
def test_clusters_are_known_beforehand(
    variants: Sequence[str], shares: dict[str, int] | None, known: list[str]
) -> None:
    mesh = Mesh(
        instances=tuple(instance(f"of-{variant}", variant=variant) for variant in variants),
        traffic={} if shares is None else {"hotels": Traffic(service="hotels", shares=shares)},
    )
    routes = RouteConfiguration.FromString(TargetView(mesh, {"hotels": ()}, ()).resource(ROUTES, "hotels"))

    (host,) = routes.virtual_hosts
    other, *untaken = host.routes
    assert not other.match.path
    assert [cluster.name for route in untaken for cluster in route.route.weighted_clusters.clusters] == known
    assert all(route.match.path == "/-" for route in untaken)
