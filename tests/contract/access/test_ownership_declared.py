"""No method passes over the question whose a resource is."""

from __future__ import annotations

import pytest

from chassis.policy import Method
from tests.contract.access.strangers import FOR_EVERYBODY, OWNED_TYPES
from tests.contract.calls.declarations import resource_of
from tests.contract.calls.preparing import CREATED_BY, SINGLETONS, references
from tests.contract.calls.served import each_method


@pytest.mark.parametrize("kind", OWNED_TYPES)
def test_a_resource_with_an_owner_can_be_made(kind: str) -> None:
    whose = SINGLETONS[kind][0] if kind in SINGLETONS else kind
    assert whose in CREATED_BY, "say which method makes one"


@each_method(FOR_EVERYBODY)
def test_a_method_for_everybody_that_names_an_owned_resource_says_so(method: Method) -> None:
    request = method.request_class.DESCRIPTOR
    named = {".".join(path) for path, field in references(request) if resource_of(field) in OWNED_TYPES}
    assert named <= {method.owned_resource}
