"""The code keeps to what the services declare: who calls whom, who listens to whom, and what may know of what."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import Final

import pytest

from chassis.personal_data import USERS
from chassis.security.service_clients import needed_scopes
from chassis.service import Service
from contracts.paths import ROOT
from services.catalogue import CATALOGUE
from tests.conftest import declared

SERVICES: Final = ROOT / "services"
NAMES: Final = {service.name for service in CATALOGUE}

DATA: Final = {"auth", "users", "hotels", "payments", "documents", "links", "bank"}
"""Services that own facts."""

APPLICATION: Final = {"booking", "notifications", "search"}
"""Services that own journeys."""

PRESENTATION: Final = {"web"}
"""Services that show to people and programs outside what the others have."""

INFRASTRUCTURE: Final = {"registry"}
"""Services that the others stand on, and that know of none of them but the names and the contracts."""

RULES: Final = {
    "auth": {
        "account",
        "authorization",
        "client",
        "code_challenge",
        "credentials",
        "redirect_uri",
        "refresh",
        "scopes",
        "weak_passwords",
    },
    "bank": {"card", "transaction"},
    "booking": {"booking", "event", "inventory", "steps"},
    "documents": {"document", "language", "printed", "refusals"},
    "hotels": {"contact", "currency", "hotel", "listing", "pricing", "rate_plan", "room_type", "tax"},
    "links": {"code", "link", "target"},
    "notifications": {"mail", "notices.notice", "feed.notification"},
    "payments": {"ledger", "operation", "payment"},
    "registry": {"mesh"},
    "search": {"gazetteer", "geo", "stay"},
    "users": {"erasure", "user"},
    "web": set(),
}
"""The modules that decide. They know of no database, no wire, and no other service."""

REFUSE_WHAT_THEY_READ: Final = {
    "booking.offers",
    "booking.quote",
    "notifications.notices.token",
    "notifications.unsubscribing.token",
    "registry.compatibility",
    "web.documents",
}
"""Not among the rules, and refusing all the same: what another service offered, what a token says, a contract that
breaks the released one, and a payment by which nothing was paid."""

READ_CONTRACTS: Final = {"registry.compatibility", "web.docs"}
"""What compares contracts, by the same means as `make contracts`, and what shows the description made of them."""

PRIVACY: Final = {"privacy"}
"""The domain of what every service with personal data serves and announces: whom that joins, the catalogue says."""

each_service = pytest.mark.parametrize("service", CATALOGUE, ids=lambda service: service.name)


def modules(service: str) -> Iterator[tuple[str, ast.Module]]:
    """A service's own modules by their dotted names below it, but for its migrations."""
    folder = SERVICES / service
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if parts[0] != "migrations":
            yield ".".join(parts).removesuffix(".__init__"), ast.parse(path.read_text(), str(path))


def imported(module: ast.Module) -> Iterator[str]:
    """Everything that a module imports, by its full dotted name: `from a.b import c` is `a.b.c`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "no relative imports"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def origins(module: ast.Module) -> dict[str, str]:
    """Where each imported name comes from."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def domain(dotted: str) -> str:
    """`innkeeper.hotels.v1.hotels_pb2_grpc` → `hotels`."""
    root, name, *_ = dotted.split(".")
    assert root == "innkeeper", dotted
    return name


def first_arguments(service: str, function: str) -> Iterator[str]:
    """Where the first argument of each call of a function comes from, in the whole of a service."""
    for _, module in modules(service):
        known = origins(module)
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).split(".")[-1] == function:
                if known.get(function, "").startswith(f"services.{service}."):
                    continue  # the service's own, of the same name
                yield known.get(ast.unparse(node.args[0]).split(".")[0], "")


def test_nobody_calls_in_a_circle() -> None:
    TopologicalSorter({service.name: service.calls for service in CATALOGUE}).prepare()


def test_every_service_is_of_a_kind() -> None:
    assert DATA | APPLICATION | PRESENTATION | INFRASTRUCTURE == NAMES
    assert {path.name for path in SERVICES.iterdir() if (path / "service.py").exists()} == NAMES


@each_service
def test_a_declaration_names_services_that_there_are(service: Service) -> None:
    said = declared(service.name)
    assert {*said.calls, *said.subscribes} <= NAMES - {service.name}


@each_service
def test_services_start_after_those_that_they_call(service: Service) -> None:
    order = [each.name for each in CATALOGUE]
    assert all(order.index(callee) < order.index(service.name) for callee in service.calls)


@pytest.mark.parametrize("service", [s for s in CATALOGUE if s.name in DATA], ids=lambda service: service.name)
def test_a_data_service_calls_no_application_service(service: Service) -> None:
    assert not set(service.calls) & APPLICATION


@pytest.mark.parametrize(
    "service", [s for s in CATALOGUE if s.name in INFRASTRUCTURE], ids=lambda service: service.name
)
def test_infrastructure_waits_for_nobody(service: Service) -> None:
    assert not {*service.calls, *service.subscribes}


@each_service
def test_the_stubs_asked_for_are_the_calls_declared(service: Service) -> None:
    asked_for = {domain(origin) for origin in first_arguments(service.name, "stub")}
    assert asked_for == {*declared(service.name).calls, *(PRIVACY if service.exports_personal_data else ())}


@each_service
def test_the_scopes_declared_are_asked_for_by_what_is_called(service: Service) -> None:
    assert (service.scopes or frozenset()) <= needed_scopes(replace(service, scopes=None), CATALOGUE)


@each_service
def test_no_other_stubs_are_imported(service: Service) -> None:
    stubs = {
        domain(name)
        for _, module in modules(service.name)
        for name in imported(module)
        if "_pb2_grpc" in name and name.startswith("innkeeper.")
    }
    assert stubs - {service.name} <= {*service.calls, *(PRIVACY if service.exports_personal_data else ())}


@each_service
def test_the_events_heard_are_the_subscriptions_declared(service: Service) -> None:
    heard = {domain(origin) for origin in first_arguments(service.name, "Subscription")}
    assert heard == {*declared(service.name).subscribes, *(PRIVACY if service.name == USERS else ())}


def test_who_holds_personal_data_hears_who_was_deleted_and_tells_that_it_is_erased() -> None:
    holders = {service.name for service in CATALOGUE if service.holds_personal_data}
    by_name = {service.name: service for service in CATALOGUE}
    assert {name for name, service in by_name.items() if USERS in service.subscribes} >= holders
    assert set(by_name[USERS].subscribes) == holders
    assert set(by_name["web"].calls) >= holders


@each_service
def test_services_do_not_know_each_other(service: Service) -> None:
    strangers = {
        f"{name} imports {dotted}"
        for name, module in modules(service.name)
        for dotted in imported(module)
        if dotted.split(".")[0] in ("clients", "tests", "benchmarks", "drills")
        or (dotted.startswith("contracts.") and f"{service.name}.{name}" not in READ_CONTRACTS)
        or (dotted.startswith("services.") and not f"{dotted}.".startswith(f"services.{service.name}."))
    }
    assert not strangers


def test_the_chassis_knows_no_service() -> None:
    paths = sorted((ROOT / "chassis").rglob("*.py"))
    for path in paths:
        known = {dotted.split(".")[0] for dotted in imported(ast.parse(path.read_text()))}
        assert not known & {"services", "clients", "contracts", "tests"}, path
    assert paths


@each_service
def test_rules_know_of_no_database_and_no_wire(service: Service) -> None:
    rules = {f"services.{service.name}.{name}" for name in RULES[service.name]}
    found = {name: module for name, module in modules(service.name) if f"services.{service.name}.{name}" in rules}
    assert set(found) == RULES[service.name]
    for name, module in found.items():
        beyond = {dotted for dotted in imported(module) if not is_plain(dotted, rules)}
        assert not beyond, f"{service.name}.{name}"


@each_service
def test_what_is_refused_is_refused_by_the_rules(service: Service) -> None:
    refusing = {name for name, module in modules(service.name) if any(map(is_refusal, ast.walk(module)))}
    assert refusing - RULES[service.name] <= {
        name.partition(".")[2] for name in REFUSE_WHAT_THEY_READ if name.startswith(f"{service.name}.")
    }


def is_plain(dotted: str, rules: set[str]) -> bool:
    """Whether a name is of the standard library, of the refusals, or of the rules themselves."""
    return (
        dotted.split(".")[0] in sys.stdlib_module_names
        or dotted.startswith("chassis.refusal.")
        or dotted in rules
        or dotted.rpartition(".")[0] in rules
    )


def is_refusal(node: ast.AST) -> bool:
    """Whether it is a class that says why something is refused."""
    return isinstance(node, ast.ClassDef) and any(
        isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "reason" for statement in node.body
    )
