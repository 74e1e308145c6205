"""The graph of services is drawn from their declarations, and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest

from clients.cli import dependencies
from clients.cli.failure import Failure


@dataclass(frozen=True)
class Declared:
    """A service, as far as it says whom it depends on."""

    name: str
    calls: tuple[str, ...] = ()
    subscribes: tuple[str, ...] = ()


SOUND = (
    Declared("hotels"),
    Declared("payments"),
    Declared("booking", calls=("hotels", "payments"), subscribes=("hotels",)),
    Declared("search", calls=("hotels",), subscribes=("booking", "hotels")),
)

BROKEN = [
    pytest.param(
        (Declared("booking", calls=("ghost",)),),
        "booking declares ghost, and there is no such service",
        id="unknown callee",
    ),
    pytest.param(
        (Declared("search", subscribes=("ghost",)),),
        "search declares ghost, and there is no such service",
        id="unknown source",
    ),
    pytest.param((Declared("a", calls=("a",)),), "services call each other in a circle: a → a", id="calls itself"),
    pytest.param(
        (Declared("a", calls=("b",)), Declared("b", calls=("c",)), Declared("c", calls=("a",))),
        "services call each other in a circle: ",
        id="circle of three",
    ),
]


def test_sound_declarations_pass() -> None:
    dependencies.check(SOUND)


def test_events_may_run_in_a_circle() -> None:
    dependencies.check((Declared("a", calls=("b",)), Declared("b", subscribes=("a",))))


@pytest.mark.parametrize(("services", "said"), BROKEN)
def test_a_broken_graph_is_refused(services: Sequence[Declared], said: str) -> None:
    with pytest.raises(Failure) as refused:
        dependencies.check(services)
    assert str(refused.value).startswith(said)


def test_a_circle_is_told_in_the_order_of_the_calls() -> None:
    services = (Declared("a", calls=("b",)), Declared("b", calls=("c",)), Declared("c", calls=("a",)))
    with pytest.raises(Failure) as refused:
        dependencies.check(services)
    told = str(refused.value).rpartition(": ")[2].split(" → ")
    calls = {service.name: service.calls for service in services}
    assert len(told) == 4
    assert all(callee in calls[caller] for caller, callee in pairwise(told))


def test_text_has_a_paragraph_a_service() -> None:
    assert list(dependencies.text(SOUND))[:5] == [
        "hotels",
        "payments",
        "booking",
        "  calls          hotels, payments",
        "  subscribes to  hotels",
    ]


def test_mermaid_draws_calls_and_events() -> None:
    lines = list(dependencies.mermaid(SOUND))
    assert lines[0] == "flowchart LR"
    assert "    booking --> payments" in lines
    assert "    booking -. events .-> search" in lines


def test_dot_draws_calls_and_events() -> None:
    lines = list(dependencies.dot(SOUND))
    assert (lines[0], lines[-1]) == ("digraph innkeeper {", "}")
    assert '    "booking" -> "payments";' in lines
    assert '    "booking" -> "search" [style=dashed];' in lines
