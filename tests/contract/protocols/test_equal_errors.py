"""A call that fails does so in the same words by REST, gRPC and gRPC-Web, with the HTTP status that belongs to them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import pytest
from google.rpc import code_pb2

from innkeeper.options.v1.options_pb2 import ACCESS_AUTHENTICATED, ACCESS_INTERNAL
from tests.contract.bad_requests.breaking import BREAKERS, all_broken
from tests.contract.bad_requests.test_names_of_nothing import names_something, of_nothing
from tests.contract.calls.filling import filled
from tests.contract.calls.preparing import prepare
from tests.contract.calls.served import EXAMPLES, Example, cases, each_example
from tests.contract.calls.world import Metadata, bearer
from tests.contract.protocols.conftest import Outside
from tests.contract.protocols.http_rule import bindings
from tests.contract.protocols.outcome import Failed

pytestmark = pytest.mark.asyncio(loop_scope="session")

PUBLIC: Final = [
    example for example in EXAMPLES if example.method.access != ACCESS_INTERNAL and not example.method.client_streaming
]
CLOSED: Final = [example for example in PUBLIC if example.method.access == ACCESS_AUTHENTICATED]
BROKEN: Final = 5
"""Ways in which a request of each method is broken here; each of its fields is broken elsewhere."""

HTTP: Final = {
    code_pb2.INVALID_ARGUMENT: 400,
    code_pb2.FAILED_PRECONDITION: 400,
    code_pb2.UNAUTHENTICATED: 401,
    code_pb2.PERMISSION_DENIED: 403,
    code_pb2.NOT_FOUND: 404,
    code_pb2.ALREADY_EXISTS: 409,
    code_pb2.ABORTED: 409,
    code_pb2.RESOURCE_EXHAUSTED: 429,
}
"""The HTTP status of each gRPC status that tells of the request (google/rpc/code.proto)."""


async def failure(outside: Outside, example: Example, request: Any, metadata: Metadata) -> Failed:
    """How the call fails by every protocol."""
    method = example.method
    with pytest.raises(Failed) as raised:
        await outside.grpc.call(method, request, metadata)
    expected = raised.value
    assert expected.reason, expected
    for binding in bindings(method):
        if binding.can_say(request):
            with pytest.raises(Failed) as by_rest:
                await outside.rest.call_by(binding, method, request, metadata)
            assert by_rest.value == expected, binding
            assert by_rest.value.http_status == HTTP[expected.code], binding
    with pytest.raises(Failed) as by_web:
        await outside.grpc_web.call(method, request, metadata)
    assert by_web.value == expected
    return expected


def broken_requests(example: Example, request: Any) -> Iterator[Any]:
    """The request with one field after the other broken, as REST can say it."""
    for breaker in BREAKERS:
        for broken in islice(all_broken(request, breaker), 1):
            if bindings(example.method)[0].can_say(broken.request):
                yield broken.request


def can_be_broken(example: Example) -> bool:
    return any(broken_requests(example, filled(example.method.request_class, example.alternative)))


@each_example(filter(can_be_broken, PUBLIC))
async def test_a_bad_field(example: Example, outside: Outside) -> None:
    prepared = await prepare(outside.world, example)
    metadata = outside.world.entitled(example.method, prepared.person)
    for request in islice(broken_requests(example, prepared.request), BROKEN):
        failed = await failure(outside, example, request, metadata)
        assert failed.code == code_pb2.INVALID_ARGUMENT, failed


@each_example(example for example in PUBLIC if names_something(example))
async def test_what_is_not_there(example: Example, outside: Outside) -> None:
    prepared = await prepare(outside.world, example)
    metadata = outside.world.entitled(example.method, prepared.person)
    for wrong in of_nothing(prepared.request):
        failed = await failure(outside, example, wrong.request, metadata)
        assert failed.code == code_pb2.NOT_FOUND, f"{wrong.path}: {failed}"


@each_example(CLOSED)
async def test_no_token(example: Example, outside: Outside) -> None:
    failed = await failure(outside, example, filled(example.method.request_class, example.alternative), ())
    assert (failed.code, failed.reason) == (code_pb2.UNAUTHENTICATED, "TOKEN_MISSING")


@each_example(PUBLIC)
async def test_a_bad_token(example: Example, outside: Outside) -> None:
    token = outside.world.token("users/ada", outside.world.every_scope, aud="others")
    request = filled(example.method.request_class, example.alternative)
    failed = await failure(outside, example, request, bearer(token))
    assert (failed.code, failed.reason) == (code_pb2.UNAUTHENTICATED, "TOKEN_INVALID")


@cases([(example, scope) for example in CLOSED for scope in sorted(example.method.scopes)], "example, scope")
async def test_a_scope_is_missing(example: Example, scope: str, outside: Outside) -> None:
    token = outside.world.token("users/ada", outside.world.every_scope - {scope})
    request = filled(example.method.request_class, example.alternative)
    failed = await failure(outside, example, request, bearer(token))
    assert (failed.code, failed.reason) == (code_pb2.PERMISSION_DENIED, "SCOPE_MISSING")
