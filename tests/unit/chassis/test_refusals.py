"""Every reason that the code may refuse for stands in a contract, with a status."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

import chassis
import services
from chassis.contracts import contracts
from chassis.errors import PLATFORM, codes_of
from chassis.refusal import Refusal
from services.catalogue import CATALOGUE


def refusals() -> list[type[Refusal]]:
    """Every kind of refusal of the platform, in a stable order."""
    for package in (chassis, services):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in module.name:
                import_module(module.name)
    ours = {kind for kind in _below(Refusal) if kind.__module__.startswith(("chassis.", "services."))}
    return sorted(ours, key=lambda kind: (kind.__module__, kind.__name__))


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for derived in kind.__subclasses__():
        yield derived
        yield from _below(derived)


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_a_reason_stands_in_the_contract(kind: type[Refusal]) -> None:
    known = set(codes_of(PLATFORM))
    for service, contract in contracts(CATALOGUE).items():
        if kind.__module__.startswith(f"services.{service}."):
            own: Any = contract.file.enum_types_by_name.get("ErrorReason")
            known |= set(codes_of(own)) if own is not None else set()
    if "reason" not in vars(kind) and kind.__subclasses__():
        return  # what several refusals have in common
    assert kind.reason in known
    assert kind.__doc__, "says when it is raised"


def test_the_services_have_refusals_of_their_own() -> None:
    assert {kind.__module__.split(".")[1] for kind in refusals() if kind.__module__.startswith("services.")} >= {
        "auth",
        "bank",
        "booking",
        "payments",
        "users",
    }
