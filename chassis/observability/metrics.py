"""Prometheus metrics, under the names that gRPC servers have by custom (the grpc-ecosystem's), and HTTP servers by
OpenTelemetry's conventions.

Calls are counted in plain numbers, by the one thread that handles them, and become metrics when somebody asks: a
labelled counter and a histogram with their locks would cost each call more than its validation does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from math import inf

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

LABELS = ("grpc_service", "grpc_method")
HTTP_LABELS = ("http_request_method", "http_route")
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Tally:
    """What is counted of the calls of one method, or of the requests by HTTP to one route. For one thread."""

    __slots__ = ("by_code", "by_seconds", "seconds")

    def __init__(self) -> None:
        self.by_code: dict[str, int] = {}
        self.by_seconds = [0] * (len(SECONDS) + 1)
        self.seconds = 0.0

    def count(self, code: str, seconds: float) -> None:
        """One has ended, so and after so long."""
        self.by_code[code] = self.by_code.get(code, 0) + 1
        self.by_seconds[bisect_left(SECONDS, seconds)] += 1
        self.seconds += seconds


class Metrics(Collector):
    """The metrics of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.shed = Counter("innkeeper_calls_shed_total", "Calls refused for overload.", registry=self.registry)
        self.in_hand = 0
        self.gauges: dict[str, tuple[str, Callable[[], float]]] = {}
        """What is read when somebody asks: the metric's name, what it says, and where it is read."""

        self.others: list[Callable[[], bytes]] = []
        """What is told of others beside this process, such as the edge; read when somebody asks, by another thread."""

        self.websockets = 0
        """How many are open."""

        self._calls: dict[tuple[str, str], Tally] = {}
        self._requests: dict[tuple[str, str], Tally] = {}
        self.registry.register(self)

    def calls_of(self, service: str, method: str) -> Tally:
        """Where the calls of a method are counted."""
        return self._calls.setdefault((service, method), Tally())

    def requests_of(self, method: str, route: str) -> Tally:
        """Where the requests by HTTP of a route are counted. Both are to be of a set that no caller can add to."""
        return self._requests.setdefault((method, route), Tally())

    @property
    def ended(self) -> int:
        """Calls that ended so far, however they did."""
        return sum(sum(calls.by_code.values()) for calls in self._calls.values())

    @property
    def refused(self) -> int:
        """Calls refused for overload so far."""
        samples = (sample for metric in self.shed.collect() for sample in metric.samples)
        return int(sum(sample.value for sample in samples if sample.name.endswith("_total")))

    def text(self) -> bytes:
        """What Prometheus reads, of the process and of others. May be called from any thread."""
        return b"".join((generate_latest(self.registry), *(read() for read in self.others)))

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]:
        """The metrics of the process alone."""
        handled = CounterMetricFamily(
            "grpc_server_handled", "Calls that ended, by status.", labels=(*LABELS, "grpc_code")
        )
        took = HistogramMetricFamily("grpc_server_handling_seconds", "How long calls took.", labels=LABELS)
        _fill(handled, took, self._calls)
        yield handled
        yield took
        answered = CounterMetricFamily(
            "http_server_requests",
            "Requests by HTTP that ended, by status.",
            labels=(*HTTP_LABELS, "http_response_status_code"),
        )
        lasted = HistogramMetricFamily(
            "http_server_request_duration_seconds", "How long requests by HTTP took.", labels=HTTP_LABELS
        )
        _fill(answered, lasted, self._requests)
        yield answered
        yield lasted
        yield GaugeMetricFamily("http_server_websockets_open", "WebSockets that are open.", value=self.websockets)
        yield GaugeMetricFamily("grpc_server_calls_in_hand", "Calls that are being handled.", value=self.in_hand)
        for name, (says, read) in self.gauges.items():
            yield GaugeMetricFamily(name, says, value=read())


def _fill(counted: CounterMetricFamily, took: HistogramMetricFamily, by_labels: dict[tuple[str, str], Tally]) -> None:
    for labels, calls in by_labels.copy().items():
        for code, count in calls.by_code.copy().items():
            counted.add_metric((*labels, code), count)
        total, buckets = 0, []
        for bound, count in zip((*SECONDS, inf), calls.by_seconds, strict=True):
            total += count
            buckets.append((str(bound) if bound < inf else "+Inf", total))
        took.add_metric(labels, buckets=buckets, sum_value=calls.seconds)
