"""Every reason that the code may refuse for stands in a contract, with a status."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

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
    if "reason" not in vars(kind) and kind.__subclasses__():
        return  # what several refusals have in common
    if kind.reason not in codes_of(PLATFORM):
        raised_by = services_that_raise(kind)
        assert raised_by
        for service in raised_by:
            assert kind.reason in reasons_of(service), service
    assert kind.__doc__, "says when it is raised"


def reasons_of(name: str) -> set[str]:
    """The reasons in the contract of a service; of one that serves HTTP alone, those of whom it calls."""
    (service,) = (service for service in CATALOGUE if service.name == name)
    known = contracts(CATALOGUE)
    files = [known[part].file for part in ([name] if name in known else service.calls)]
    return {
        reason
        for file in files
        if "ErrorReason" in file.enum_types_by_name
        for reason in codes_of(file.enum_types_by_name["ErrorReason"])
    }


def services_that_raise(kind: type[Refusal]) -> list[str]:
    """The service whose refusal it is; of one of the chassis, the services that use its module."""
    if kind.__module__.startswith("services."):
        return [kind.__module__.split(".")[1]]
    folders = {service.name: Path(services.__path__[0], service.name) for service in CATALOGUE}
    return [
        name
        for name, folder in folders.items()
        if any(kind.__module__ in path.read_text() for path in folder.rglob("*.py"))
    ]


def test_the_services_have_refusals_of_their_own() -> None:
    assert {kind.__module__.split(".")[1] for kind in refusals() if kind.__module__.startswith("services.")} >= {
        "auth",
        "bank",
        "booking",
        "payments",
        "users",
    }
