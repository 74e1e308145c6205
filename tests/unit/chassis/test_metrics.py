"""What Prometheus reads is what was counted, in the form that it reads."""

from __future__ import annotations

import urllib.request
from math import inf

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from chassis.observability.metrics import SECONDS, Metrics
from chassis.observability.metrics_server import MetricsServer

LABELS = {"grpc_service": "toy.v1.ToyService", "grpc_method": "Tell"}


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by its name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def counted() -> Metrics:
    metrics = Metrics()
    calls = metrics.calls_of(LABELS["grpc_service"], LABELS["grpc_method"])
    for code, seconds in (("OK", 0.0004), ("OK", 0.0005), ("OK", 0.3), ("NOT_FOUND", 100.0)):
        calls.count(code, seconds)
    metrics.in_hand = 3
    metrics.shed.inc()
    return metrics


def test_calls_are_told_by_service_method_and_code() -> None:
    told = samples(generate_latest(counted().registry).decode())
    assert told["grpc_server_handled_total", frozenset({*LABELS.items(), ("grpc_code", "OK")})] == 3
    assert told["grpc_server_handled_total", frozenset({*LABELS.items(), ("grpc_code", "NOT_FOUND")})] == 1
    assert told["grpc_server_calls_in_hand", frozenset()] == 3
    assert told["innkeeper_calls_shed_total", frozenset()] == 1


def test_how_long_calls_took_is_a_histogram() -> None:
    told = samples(generate_latest(counted().registry).decode())
    buckets = {
        float(dict(labels)["le"]): value
        for (name, labels), value in told.items()
        if name == "grpc_server_handling_seconds_bucket"
    }
    assert set(buckets) == {*SECONDS, inf}
    assert [buckets[bound] for bound in sorted(buckets)] == [2.0] * 9 + [3.0] * 5 + [4.0]
    assert told["grpc_server_handling_seconds_count", frozenset(LABELS.items())] == 4
    assert told["grpc_server_handling_seconds_sum", frozenset(LABELS.items())] == 100.3009


def test_a_method_that_nobody_called() -> None:
    metrics = Metrics()
    metrics.calls_of("toy.v1.ToyService", "Draw")
    assert samples(generate_latest(metrics.registry).decode())


def test_the_process_is_told_of_too() -> None:
    told = samples(generate_latest(Metrics().registry).decode())
    assert told["process_resident_memory_bytes", frozenset()] > 0


def test_they_are_served_over_http() -> None:
    server = MetricsServer(counted().text, 0)
    try:
        with urllib.request.urlopen(f"http://{server.address}/metrics", timeout=5) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            assert "grpc_server_handled_total" in answer.read().decode()
    finally:
        server.close()


def test_what_is_told_of_others_follows() -> None:
    metrics = counted()
    metrics.others.append(lambda: b"# TYPE envoy_server_live gauge\nenvoy_server_live{} 1\n")
    told = samples(metrics.text().decode())
    assert told["envoy_server_live", frozenset()] == 1
    assert told["grpc_server_calls_in_hand", frozenset()] == 3
