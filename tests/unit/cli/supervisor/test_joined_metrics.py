"""Metrics of several processes are one text that Prometheus takes, in which each sample says whose it is."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from chassis.observability.metrics import Metrics
from clients.cli.supervisor.joined_metrics import joined_metrics
from tests.unit.chassis.test_metrics import counted, samples


def test_each_sample_says_whose_it_is() -> None:
    told = samples(joined_metrics({"booking.1": counted().text(), "booking.2": Metrics().text()}).decode())
    for process, in_hand in (("booking.1", 3), ("booking.2", 0)):
        assert told["grpc_server_calls_in_hand", frozenset({("process", process)})] == in_hand
    calls = {
        ("process", "booking.1"),
        ("grpc_service", "toy.v1.ToyService"),
        ("grpc_method", "Tell"),
        ("grpc_code", "NOT_FOUND"),
    }
    assert told["grpc_server_handled_total", frozenset(calls)] == 1


def test_nothing_is_lost_and_each_metric_stands_once() -> None:
    text = counted().text()
    joined = joined_metrics({"a": text, "b": text}).decode()
    once, twice = samples(text.decode()), samples(joined)
    assert len(twice) == 2 * len(once) + 2
    names = [family.name for family in text_string_to_metric_families(joined)]
    assert len(names) == len(set(names))


def test_one_that_did_not_answer_is_left_out_and_said_to_be() -> None:
    told = samples(joined_metrics({"a": Metrics().text(), "b": None}).decode())
    assert told["innkeeper_process_up", frozenset({("process", "a")})] == 1
    assert told["innkeeper_process_up", frozenset({("process", "b")})] == 0
    assert ("grpc_server_calls_in_hand", frozenset({("process", "b")})) not in told


def test_labels_of_all_forms() -> None:
    text = b'# TYPE m gauge\nm 1\nm{} 2 1700000000\nm{a="{ }"} 3\n# a remark\n\n# EOF\n'
    assert joined_metrics({"a": text}).splitlines()[:4] == [
        b"# TYPE m gauge",
        b'm{process="a"} 1',
        b'm{process="a"} 2 1700000000',
        b'm{process="a",a="{ }"} 3',
    ]
