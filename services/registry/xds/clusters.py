"""Clusters: how calls are spread over the instances of one, which of them are left out, and how many there may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from envoy.config.cluster.v3.circuit_breaker_pb2 import CircuitBreakers
from envoy.config.cluster.v3.cluster_pb2 import Cluster
from envoy.config.cluster.v3.outlier_detection_pb2 import OutlierDetection
from envoy.config.core.v3.protocol_pb2 import Http2ProtocolOptions
from envoy.extensions.upstreams.http.v3.http_protocol_options_pb2 import HttpProtocolOptions
from envoy.type.v3.percent_pb2 import Percent
from google.protobuf.duration_pb2 import Duration
from google.protobuf.wrappers_pb2 import UInt32Value

from chassis.client.retry import MAX_TOKENS
from services.registry.mesh import Mesh
from services.registry.xds.resource import over_ads, packed

DEFAULT_LIMIT = 10_000
"""Calls in flight from one client process to a cluster, where nothing else is set. It only stops what has run away:
each instance sheds what is too much for it, and does so by what it sees. (gRPC's own default, 1024, is about what one
instance takes, so that it would stop a client with several instances to call.)"""

HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ejection:
    """How soon an instance is left out that fails nearly everything, and for how long, in seconds.

    A client looks at its own calls, `every` so often. It leaves the instance out for `first` at the first time, for
    twice as long at the second, and so on to `longest`.
    """

    every: float = 2.0
    first: float = 5.0
    longest: float = 60.0


EJECTION = Ejection()


def cluster(mesh: Mesh, name: str, ejection: Ejection = EJECTION) -> Cluster:
    """A cluster of the mesh (see `Mesh.clusters`), for gRPC and Envoy alike; each looks past what is for the other.

    A limit counts for each cluster by itself: for a service whose calls are split, for each part.
    """
    service = name.partition("/")[0]
    return Cluster(
        name=name,
        type=Cluster.EDS,
        eds_cluster_config=Cluster.EdsClusterConfig(eds_config=over_ads()),
        lb_policy=Cluster.ROUND_ROBIN,
        connect_timeout=seconds(1),
        circuit_breakers=_limits(mesh.limits.get(service, DEFAULT_LIMIT)),
        outlier_detection=_outlier_detection(ejection),
        typed_extension_protocol_options={HTTP_OPTIONS: packed(_http2())},
    )


def seconds(value: float) -> Duration:
    """So many seconds."""
    duration = Duration()
    duration.FromTimedelta(timedelta(seconds=value))
    return duration


def _limits(calls: int) -> CircuitBreakers:
    """gRPC reads `max_requests`. Envoy's other limits are below it unless they are set."""
    limit = UInt32Value(value=calls)
    budget = CircuitBreakers.Thresholds.RetryBudget(
        budget_percent=Percent(value=20), min_retry_concurrency=UInt32Value(value=MAX_TOKENS)
    )
    return CircuitBreakers(
        thresholds=[
            CircuitBreakers.Thresholds(
                max_requests=limit, max_pending_requests=limit, max_connections=limit, retry_budget=budget
            )
        ]
    )


def _outlier_detection(ejection: Ejection) -> OutlierDetection:
    """Leaves an instance out for a while that fails nearly everything, of two or three.

    gRPC counts every status but OK as a failure, what a caller did wrong included: hence the high threshold, and
    never more than half of them. Comparing success rates takes more than a few instances: off, and so is Envoy's
    counting of failures in a row, which gRPC does not know.
    """
    return OutlierDetection(
        interval=seconds(ejection.every),
        base_ejection_time=seconds(ejection.first),
        max_ejection_time=seconds(ejection.longest),
        max_ejection_percent=UInt32Value(value=50),
        failure_percentage_threshold=UInt32Value(value=90),
        enforcing_failure_percentage=UInt32Value(value=100),
        failure_percentage_minimum_hosts=UInt32Value(value=2),
        failure_percentage_request_volume=UInt32Value(value=20),
        enforcing_success_rate=UInt32Value(value=0),
        enforcing_consecutive_5xx=UInt32Value(value=0),
    )


def _http2() -> HttpProtocolOptions:
    explicit = HttpProtocolOptions.ExplicitHttpConfig(http2_protocol_options=Http2ProtocolOptions())
    return HttpProtocolOptions(explicit_http_config=explicit)
