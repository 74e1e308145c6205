"""Services stop after those that call them."""

from __future__ import annotations

import pytest

from chassis.settings import Settings
from clients.cli.supervisor.order import waves
from clients.cli.supervisor.ports import free_port
from services.catalogue import CATALOGUE

ORDERS = [
    pytest.param({}, [], id="nobody"),
    pytest.param({"a": {"b"}, "b": {"c"}, "c": set()}, ["a", "b", "c"], id="a chain"),
    pytest.param({"a": {"c"}, "b": {"c"}, "c": set()}, ["ab", "c"], id="two callers at once"),
    pytest.param({"a": {"b"}, "b": {"a"}}, ["ab"], id="a circle"),
    pytest.param({"a": {"a"}}, ["a"], id="one that calls itself"),
    pytest.param({"a": {"gone"}}, ["a"], id="one that calls who does not run"),
]


@pytest.mark.parametrize(("calls", "expected"), ORDERS)
def test_callers_stop_first(calls: dict[str, set[str]], expected: list[str]) -> None:
    assert ["".join(sorted(wave)) for wave in waves(calls)] == expected


def test_the_platform_stops_from_the_journeys_to_the_registry() -> None:
    calls = {service.name: frozenset(service.calls) for service in CATALOGUE}
    stopped = list(waves(calls))
    assert frozenset().union(*stopped) == calls.keys()
    assert sum(map(len, stopped)) == len(calls)
    assert {"web", "search"} <= stopped[0]
    assert stopped[-2:] == [{"auth"}, {"registry"}]
    gone = set[str]()
    for wave in stopped:
        gone |= wave
        assert all(calls[name].isdisjoint(gone) for name in calls.keys() - gone), wave


def test_the_port_of_the_registry_is_none_that_others_get_by_chance() -> None:
    assert 10_000 <= free_port(Settings().host) < 32_768
