"""Routes: for each method how long a call may take, whether it is made again, what faults it meets, and where it
goes. All but the last two is what the contract says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from envoy.config.core.v3.base_pb2 import RuntimeFractionalPercent
from envoy.config.route.v3.route_components_pb2 import (
    HeaderMatcher,
    RetryPolicy,
    Route,
    RouteAction,
    RouteMatch,
    VirtualHost,
    WeightedCluster,
)
from envoy.config.route.v3.route_pb2 import RouteConfiguration
from envoy.extensions.filters.common.fault.v3.fault_pb2 import FaultDelay
from envoy.extensions.filters.http.fault.v3.fault_pb2 import FaultAbort, HTTPFault
from envoy.type.v3.percent_pb2 import FractionalPercent
from google.protobuf.wrappers_pb2 import UInt32Value

from chassis.client.retry import ATTEMPTS, FIRST_BACKOFF, LONGEST_BACKOFF, NO_RETRY, is_retried
from chassis.policy import Method
from services.registry.mesh import Fault, Mesh
from services.registry.xds.clusters import seconds
from services.registry.xds.listeners import FAULT_FILTER
from services.registry.xds.resource import packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What has to be said to one kind of client so that it does what is meant.

    `retry_on` is what is made again; `slack` is added to the seconds that a call may take. `abort` is how calls are
    failed with a gRPC status.
    """

    retry_on: str
    slack: float
    abort: Callable[[int], FaultAbort]


GRPC = Dialect(retry_on="unavailable", slack=2.0, abort=lambda code: FaultAbort(grpc_status=code))
"""Makes calls again that fail with UNAVAILABLE, whoever says so, unless the answer says not to.

The slack is for clients in C and what is built on it, Python among them: they end a call between one and two seconds
before the time that they are told (https://github.com/grpc/grpc/issues/34547). The service itself keeps the deadline.
"""

ABORTED = 580
"""What is added to a gRPC status to make an HTTP status of it that says that a call was failed on purpose; nobody has a
use for these otherwise, and Envoy takes them up to 599."""

ENVOY = Dialect(
    retry_on="connect-failure,refused-stream,reset",
    slack=0.5,
    abort=lambda code: FaultAbort(http_status=ABORTED + code),
)
"""Makes calls again that get no answer. Of an answer it would not read whether to try again, and when
(`grpc-retry-pushback-ms`), and so would add to an overload, and to the tries that a service has made itself.

The slack is for the service's own answer that the deadline has passed, which says more than Envoy's.

It would fail calls with a gRPC status in the form of gRPC, whatever the protocol of the caller. Made an HTTP status, it
is an answer of its own like others, which it words for each protocol (`services/registry/edge/local_replies.py`)."""


def routes(name: str, entries: Sequence[Route]) -> RouteConfiguration:
    """A table of routes, for whatever authority. A call that none of them matches fails with UNAVAILABLE."""
    return RouteConfiguration(name=name, virtual_hosts=[VirtualHost(name=name, domains=["*"], routes=entries)])


def method_routes(mesh: Mesh, service: str, method: Method, dialect: Dialect) -> Iterator[Route]:
    """The routes of one method to that service, in the order in which they are tried.

    Routes have no retry budget in gRPC. A client whose budget is used up says so in a header, and is led past the
    retries.
    """
    match = RouteMatch(path=method.path)
    action = _action(mesh, service, method.deadline + dialect.slack)
    fault = mesh.faults.get((service, method.name))
    if is_retried(method):
        without = RouteMatch(path=method.path, headers=[HeaderMatcher(name=NO_RETRY, present_match=True)])
        yield from _perhaps_failing(Route(match=without, route=action), fault, dialect)
        action.retry_policy.CopyFrom(_retry_policy(dialect.retry_on))
    yield from _perhaps_failing(Route(match=match, route=action), fault, dialect)


def other_route(mesh: Mesh, service: str, *, prefix: str = "") -> Route:
    """The route of what is not in the contract, such as health and reflection: no retries, no time limit."""
    return Route(match=RouteMatch(prefix=prefix), route=_action(mesh, service, 0))


def untaken_route(clusters: Sequence[str]) -> Route:
    """A route that no call takes, so that a client knows these clusters, and connects, before others lead there.

    grpc-go takes up new routes a moment before it has the clusters that they name, and fails the calls in between.
    """
    action = RouteAction()
    action.weighted_clusters.clusters.extend(
        WeightedCluster.ClusterWeight(name=name, weight=UInt32Value(value=1)) for name in clusters
    )
    return Route(match=RouteMatch(path="/-"), route=action)


def _action(mesh: Mesh, service: str, deadline: float) -> RouteAction:
    """`timeout` is Envoy's own, 15 seconds unless it is set; 0 is none."""
    clusters = mesh.clusters(service)
    action = RouteAction(timeout=seconds(0))
    if len(clusters) == 1:
        (action.cluster,) = clusters
    else:
        action.weighted_clusters.clusters.extend(
            WeightedCluster.ClusterWeight(name=name, weight=UInt32Value(value=weight))
            for name, weight in clusters.items()
        )
    if deadline:
        action.max_stream_duration.max_stream_duration.CopyFrom(seconds(deadline))
    return action


def _retry_policy(retry_on: str) -> RetryPolicy:
    back_off = RetryPolicy.RetryBackOff(base_interval=seconds(FIRST_BACKOFF), max_interval=seconds(LONGEST_BACKOFF))
    return RetryPolicy(retry_on=retry_on, num_retries=UInt32Value(value=ATTEMPTS - 1), retry_back_off=back_off)


def _perhaps_failing(route: Route, fault: Fault | None, dialect: Dialect) -> Iterator[Route]:
    """The route, after one with the fault where there is one.

    The share is the match's, not the fault's: of a fault that delays and aborts, the filter would draw lots for each
    of the two by itself.
    """
    if fault is not None and fault.percent:
        failing = Route()
        failing.CopyFrom(route)
        failing.match.runtime_fraction.CopyFrom(RuntimeFractionalPercent(default_value=_percent(fault.percent)))
        failing.typed_per_filter_config[FAULT_FILTER].CopyFrom(packed(_http_fault(fault, dialect)))
        yield failing
    yield route


def _http_fault(fault: Fault, dialect: Dialect) -> HTTPFault:
    made = HTTPFault()
    if fault.delay:
        made.delay.CopyFrom(FaultDelay(fixed_delay=seconds(fault.delay), percentage=_percent(100)))
    if fault.abort_code:
        made.abort.CopyFrom(dialect.abort(fault.abort_code))
        made.abort.percentage.CopyFrom(_percent(100))
    return made


def _percent(percent: int) -> FractionalPercent:
    return FractionalPercent(numerator=percent, denominator=FractionalPercent.HUNDRED)
