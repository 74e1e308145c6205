"""What the contract says of a method becomes routes, and so do faults and splits."""

from __future__ import annotations

from typing import Any

import pytest
from envoy.config.route.v3.route_components_pb2 import Route
from envoy.extensions.filters.http.fault.v3.fault_pb2 import HTTPFault

from chassis.client.retry import NO_RETRY
from services.registry.mesh import Fault, Mesh, Traffic
from services.registry.xds.listeners import FAULT_FILTER
from services.registry.xds.routes import ABORTED, ENVOY, GRPC, Dialect, method_routes, other_route
from tests.toy import contract
from tests.unit.registry.instances import instance

METHODS = [
    pytest.param("Tell", [(True, 0), (False, 3)], 5.0, id="one that can be repeated"),
    pytest.param("Keep", [(True, 0), (False, 3)], 30.0, id="one that changes something under a request id"),
    pytest.param("TellSoon", [(True, 0), (False, 3)], 0.05, id="one with hardly any time"),
    pytest.param("Draw", [(False, 0)], 5.0, id="one that cannot be repeated"),
    pytest.param("Gather", [(False, 0)], 5.0, id="a stream of requests"),
]


def rendered(method: str, dialect: Dialect = GRPC, **state: Any) -> list[Route]:
    return list(method_routes(Mesh(**state), "toy", contract.method(method), dialect))


def with_header(route: Route) -> bool:
    """Whether the route is for calls that say that they are not to be retried."""
    return [(header.name, header.present_match) for header in route.match.headers] == [(NO_RETRY, True)]


@pytest.mark.parametrize(("method", "tries", "deadline"), METHODS)
def test_retries_and_deadlines_are_the_contracts(method: str, tries: list[tuple[bool, int]], deadline: float) -> None:
    routes = rendered(method, ENVOY)
    assert [(with_header(route), route.route.retry_policy.num_retries.value) for route in routes] == tries
    for route in routes:
        assert route.match.path == f"/toy.v1.ToyService/{method}"
        assert (
            route.route.max_stream_duration.max_stream_duration.ToTimedelta().total_seconds() == deadline + ENVOY.slack
        )
        assert route.route.HasField("timeout"), "Envoy's own is 15 seconds"


def test_grpc_gets_more_time_than_the_contract_has() -> None:
    assert rendered("Tell")[0].route.max_stream_duration.max_stream_duration.ToTimedelta().total_seconds() == 7.0


def test_how_retries_are_spaced() -> None:
    policy = rendered("Tell")[-1].route.retry_policy
    assert policy.retry_on == "unavailable"
    assert policy.retry_back_off.base_interval.ToMilliseconds() == 50
    assert policy.retry_back_off.max_interval.ToMilliseconds() == 1000


FAULTS = [
    pytest.param(0.5, 0, 20, 0.5, 0, id="a delay"),
    pytest.param(0, 14, 100, 0, 14, id="an abort"),
    pytest.param(1.5, 4, 1, 1.5, 4, id="both"),
]


@pytest.mark.parametrize(("delay", "code", "percent", "delayed", "aborted"), FAULTS)
def test_faults(delay: float, code: int, percent: int, delayed: float, aborted: int) -> None:
    fault = Fault(service="toy", method="Tell", delay=delay, abort_code=code, percent=percent)
    routes = rendered("Tell", faults={("toy", "Tell"): fault})
    assert [with_header(route) for route in routes] == [True, True, False, False]
    for failing, sound in (routes[:2], routes[2:]):
        assert failing.match.runtime_fraction.default_value.numerator == percent
        assert not sound.match.HasField("runtime_fraction")
        assert not sound.typed_per_filter_config
        found = HTTPFault.FromString(failing.typed_per_filter_config[FAULT_FILTER].value)
        assert found.delay.fixed_delay.ToTimedelta().total_seconds() == delayed
        assert found.abort.grpc_status == aborted
        assert (found.HasField("delay"), found.HasField("abort")) == (delay > 0, code > 0)


def test_an_envoy_aborts_by_a_status_of_http_that_nobody_else_has() -> None:
    """It writes what callers get of it, for each protocol; its bound is 599."""
    for code in range(1, 17):
        fault = Fault(service="toy", method="Draw", delay=0, abort_code=code, percent=100)
        failing, _ = rendered("Draw", ENVOY, faults={("toy", "Draw"): fault})
        found = HTTPFault.FromString(failing.typed_per_filter_config[FAULT_FILTER].value)
        assert found.abort.http_status == ABORTED + code < 600


def test_a_fault_of_no_calls_is_none() -> None:
    fault = Fault(service="toy", method="Draw", delay=1.0, abort_code=0, percent=0)
    assert len(rendered("Draw", faults={("toy", "Draw"): fault})) == 1


def test_a_fault_is_its_services_alone() -> None:
    fault = Fault(service="other", method="Draw", delay=1.0, abort_code=0, percent=10)
    assert len(rendered("Draw", faults={("other", "Draw"): fault})) == 1


SPLITS = [
    pytest.param({}, ["v1", "v2"], {"toy": 0}, id="no split"),
    pytest.param({"v2": 10}, ["v1", "v2"], {"toy/v2": 10, "toy/-": 90}, id="a part"),
    pytest.param({"v2": 100}, ["v1", "v2"], {"toy/v2": 0}, id="all"),
    pytest.param({"v2": 10}, ["v1"], {"toy/-": 0}, id="a variant that is not there"),
    pytest.param({"v1": 30, "v2": 70}, ["v1", "v2"], {"toy/v1": 30, "toy/v2": 70}, id="two variants"),
]


@pytest.mark.parametrize(("shares", "there", "clusters"), SPLITS)
def test_splits(shares: dict[str, int], there: list[str], clusters: dict[str, int]) -> None:
    traffic = {"toy": Traffic(service="toy", shares=shares)} if shares else {}
    mesh = Mesh(traffic=traffic, instances=tuple(instance(v, service="toy", variant=v) for v in there))
    for route in [*method_routes(mesh, "toy", contract.method("Draw"), GRPC), other_route(mesh, "toy")]:
        weights = {entry.name: entry.weight.value for entry in route.route.weighted_clusters.clusters}
        assert (weights or {route.route.cluster: 0}) == clusters
