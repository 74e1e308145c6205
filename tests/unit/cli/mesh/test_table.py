"""The mesh as a person reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clients.cli.mesh import told
from clients.cli.mesh.table import plain, rendered
from innkeeper.registry.v1.registry_pb2 import Fault, Instance, Limits, Load, Mesh, Rejection, Traffic

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

SPLIT = Traffic(service="search", shares=[Traffic.Share(variant="v2", percent=10)])
SLOW = Fault(service="booking", method="CreateBooking", delay=timedelta(milliseconds=500), percent=20)

MESH = Mesh(
    revision=7,
    instances=[
        Instance(
            service="search",
            variant="v2",
            address="[::1]:7100",
            process_id=42,
            create_time=NOW - timedelta(minutes=5),
            load=Load(
                calls_in_hand=3, calls_per_second=12.34, shed_per_second=0.5, loop_lag=timedelta(microseconds=1500)
            ),
        )
    ],
    traffic=[SPLIT],
    faults=[SLOW],
    limits=[Limits(service="search", max_calls_in_flight=50)],
    rejections=[
        Rejection(
            node="search-42",
            type_url="type.googleapis.com/envoy.config.cluster.v3.Cluster",
            reason="no such\npolicy",
            time=NOW - timedelta(seconds=9),
        )
    ],
    clients=["search-42", "cli-7"],
)


def cells(mesh: Mesh) -> list[list[str]]:
    """The words of each line that has any."""
    return [line.split() for line in plain(rendered(mesh, NOW)).splitlines() if line]


def test_everything_there_is_is_told() -> None:
    assert cells(MESH) == [
        ["service", "variant", "address", "pid", "age", "in", "hand", "calls/s", "shed/s", "lag", "ms"],
        ["search", "v2", "[::1]:7100", "42", "5m", "3", "12.3", "0.5", "1.5"],
        ["traffic"],
        ["search", "v2", "10", "%,", "others", "90", "%"],
        ["fault"],
        ["booking/CreateBooking", "20", "%", "delayed", "by", "0.5", "s"],
        ["limit"],
        ["search", "50", "calls", "in", "flight", "from", "one", "client"],
        ["rejected", "by", "configuration", "age", "why"],
        ["search-42", "Cluster", "9s", "no", "such", "policy"],
        ["xDS", "clients:", "2", "(cli-7,", "search-42);", "revision", "7"],
    ]


def test_of_an_empty_mesh_there_is_little_to_tell() -> None:
    assert plain(rendered(Mesh(), NOW)).splitlines() == ["no instances", "", "xDS clients: 0; revision 0"]


def test_lines_are_not_broken_in_a_pipe() -> None:
    many = Mesh(
        instances=[Instance(service="a-service-of-a-rather-long-name-" + "x" * 30, address="10.100.100.100:65535")]
    )
    assert len(plain(rendered(many, NOW)).splitlines()) == 4


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(told.traffic(SPLIT), "v2 10 %, others 90 %", id="a split"),
        pytest.param(
            told.traffic(Traffic(shares=[Traffic.Share(variant="v2", percent=100)])), "v2 100 %", id="all to one"
        ),
        pytest.param(told.traffic(Traffic()), "evenly over all instances", id="no split"),
        pytest.param(
            told.fault(Fault(abort_code=14, delay=timedelta(seconds=2), percent=5)),
            "5 % delayed by 2 s and aborted with UNAVAILABLE",
            id="a fault of both kinds",
        ),
        pytest.param(told.fault(Fault(abort_code=13, percent=100)), "100 % aborted with INTERNAL", id="an abort"),
        pytest.param(told.fault(Fault()), "none", id="no fault"),
        pytest.param(told.limits(Limits()), "the default", id="no limit"),
        pytest.param(told.age(-1), "0s", id="a clock that is behind"),
        pytest.param(told.age(119), "119s", id="seconds"),
        pytest.param(told.age(125), "2m", id="minutes"),
        pytest.param(told.age(3 * 3600), "3h", id="hours"),
        pytest.param(told.age(5 * 86_400), "5d", id="days"),
    ],
)
def test_in_words(words: str, expected: str) -> None:
    assert words == expected
