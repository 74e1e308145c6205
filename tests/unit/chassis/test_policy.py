"""What the contract says of methods and fields is what the chassis knows of them."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.policy import is_personal, is_secret, methods
from chassis.server.authorisation import AuthorisationInterceptor
from innkeeper.options.v1 import options_pb2
from tests.toy import contract

EXPECTED: list[Any] = [
    pytest.param(
        "Tell",
        {
            "service": "toy.v1.ToyService",
            "path": "/toy.v1.ToyService/Tell",
            "access": options_pb2.ACCESS_AUTHENTICATED,
            "scopes": frozenset({"toys.read"}),
            "deadline": 5.0,
            "idempotent": True,
            "mutating": False,
            "secret_request": False,
            "secret_response": False,
        },
        id="a read",
    ),
    pytest.param(
        "Keep",
        {"idempotent": True, "mutating": True, "deadline": 30.0, "secret_request": True, "secret_response": True},
        id="a command with secrets both ways",
    ),
    pytest.param(
        "Draw",
        {"access": options_pb2.ACCESS_INTERNAL, "idempotent": False, "mutating": True},
        id="what is not to be repeated",
    ),
    pytest.param("TellSoon", {"deadline": 0.05}, id="a deadline below a second"),
    pytest.param("Gather", {"client_streaming": True, "server_streaming": False}, id="a stream of requests"),
    pytest.param("Recount", {"client_streaming": False, "server_streaming": True}, id="a stream of responses"),
    pytest.param("Converse", {"client_streaming": True, "server_streaming": True}, id="streams both ways"),
]

MARKS = [
    pytest.param("person", (True, False), id="personal"),
    pytest.param("password", (False, True), id="secret"),
    pytest.param("numbers", (True, False), id="personal, many"),
    pytest.param("plain", (False, False), id="neither"),
]


@pytest.mark.parametrize(("name", "expected"), EXPECTED)
def test_the_policy_of_a_method(name: str, expected: dict[str, Any]) -> None:
    method = contract.method(name)
    assert {field: getattr(method, field) for field in expected} == expected


@pytest.mark.parametrize(("name", "marks"), MARKS)
def test_the_marks_of_a_field(name: str, marks: tuple[bool, bool]) -> None:
    field = contract.message_class("Everything").DESCRIPTOR.fields_by_name[name]
    assert (is_personal(field), is_secret(field)) == marks


def test_a_secret_far_below_makes_a_request_secret() -> None:
    assert contract.method("Store").secret_request
    assert not contract.method("Store").secret_response


def test_a_method_that_does_not_say_who_may_call_it_is_not_served() -> None:
    async def proceed(request: Any, call: Any) -> None: ...

    (forget,) = methods(contract.service("UnsaidService"))
    assert forget.access == options_pb2.ACCESS_UNSPECIFIED
    with pytest.raises(ValueError, match=r"/toy\.v1\.UnsaidService/Forget: the contract does not say who may call it"):
        AuthorisationInterceptor().bind(forget, proceed)
