"""Every method that the platform serves, as its contract declares it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import pytest

from chassis.contracts import contracts
from chassis.policy import Method, methods
from chassis.security.service_clients import OF_PROCESSES
from services.catalogue import CATALOGUE

CONTRACTS: Final = (*contracts(CATALOGUE).values(), *OF_PROCESSES)
METHODS: Final = tuple(method for contract in CONTRACTS for method in methods(contract))
STUBS: Final = {
    contract.full_name: getattr(
        import_module(contract.file.name.removesuffix(".proto").replace("/", ".") + "_pb2_grpc"),
        f"{contract.name}Stub",
    )
    for contract in CONTRACTS
}
"""The stub class of each contract."""


def full_name(method: Method) -> str:
    """`innkeeper.users.v1.UsersService.GetUser`."""
    return f"{method.service}.{method.name}"


BY_NAME: Final = {full_name(method): method for method in METHODS}


@dataclass(frozen=True, slots=True)
class Example:
    """A method with one way to ask for it: of a request that is either this or that, `alternative` is the field set."""

    method: Method
    alternative: str = ""

    def __str__(self) -> str:
        return f"{full_name(self.method)}-{self.alternative}".rstrip("-")


def _alternatives(method: Method) -> list[str]:
    """The fields of the request's oneof, of those that somebody wrote."""
    oneofs = [oneof for oneof in method.request_class.DESCRIPTOR.oneofs if not oneof.name.startswith("_")]
    assert len(oneofs) < 2, f"{method.path}: more than one oneof in a request"
    return [field.name for oneof in oneofs for field in oneof.fields] or [""]


EXAMPLES: Final = tuple(Example(method, choice) for method in METHODS for choice in _alternatives(method))


def each_method(chosen: Iterable[Method] = METHODS) -> pytest.MarkDecorator:
    """Run a test once for each method, under its full name."""
    return pytest.mark.parametrize("method", [pytest.param(method, id=full_name(method)) for method in chosen])


def each_example(chosen: Iterable[Example] = EXAMPLES) -> pytest.MarkDecorator:
    """Run a test once for each way to ask for each method."""
    return pytest.mark.parametrize("example", [pytest.param(example, id=str(example)) for example in chosen])


def cases(pairs: Iterable[tuple[Any, str]], names: str) -> pytest.MarkDecorator:
    """Run a test once for each method or example and case, under the full name of the one and the name of the other."""
    return pytest.mark.parametrize(
        names,
        [
            pytest.param(subject, case, id=f"{full_name(subject) if isinstance(subject, Method) else subject}-{case}")
            for subject, case in pairs
        ],
    )
