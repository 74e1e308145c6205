"""Which instances are withdrawn because nothing was heard of them."""

from __future__ import annotations

import pytest

from services.registry.leases import expired
from services.registry.mesh import Instance
from tests.unit.registry.instances import NOW, instance

CASES = {
    "all alive": ([instance("a"), instance("b")], []),
    "one of two": ([instance("a", left=-1), instance("b")], ["a"]),
    "the moment it runs out": ([instance("a", left=0), instance("b")], ["a"]),
    "the last one stays": ([instance("a", left=-1)], []),
    "the last one heard of stays": (
        [instance("a", left=-2), instance("b", left=-1), instance("c", left=-3)],
        ["a", "c"],
    ),
    "each service by itself": (
        [instance("a", left=-1), instance("b"), instance("c", service="users", left=-1)],
        ["a"],
    ),
    "variants of a service count together": ([instance("a", left=-1), instance("b", variant="v2")], ["a"]),
    "nobody there": ([], []),
}


@pytest.mark.parametrize(("instances", "withdrawn"), CASES.values(), ids=CASES)
def test_what_is_withdrawn(instances: list[Instance], withdrawn: list[str]) -> None:
    assert [it.name.removeprefix("instances/") for it in expired(tuple(instances), NOW)] == withdrawn
