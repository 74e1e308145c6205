"""No method, not even a public one, lets in a token that is not good, and only public ones go without."""

from __future__ import annotations

import asyncio

import grpc
import pytest
import pytest_asyncio

from chassis.policy import Method
from chassis.server.authentication import AUTHORIZATION, END_USER
from innkeeper.options.v1.options_pb2 import ACCESS_INTERNAL, ACCESS_PUBLIC
from tests.contract.access.bad_tokens import BAD_TOKENS, MALFORMED, of_unknown_key
from tests.contract.calls.filling import filled
from tests.contract.calls.served import METHODS, cases, each_method, full_name
from tests.contract.calls.world import World, bearer
from tests.errors import refused

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROTECTED = [method for method in METHODS if method.access != ACCESS_PUBLIC]


@each_method(PROTECTED)
async def test_no_token(method: Method, world: World) -> None:
    async with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
        await world.call(method, filled(method.request_class))


@cases([(method, case) for method in METHODS for case in BAD_TOKENS], "method, case")
async def test_bad_token(method: Method, case: str, world: World) -> None:
    reason, make = BAD_TOKENS[case]
    token = make(world.running.identity, world.every_scope)
    async with refused(grpc.StatusCode.UNAUTHENTICATED, reason):
        await world.call(method, filled(method.request_class), bearer(token))


@cases(
    [(method, case) for method in METHODS if method.access == ACCESS_INTERNAL for case in BAD_TOKENS], "method, case"
)
async def test_bad_token_of_the_end_user(method: Method, case: str, world: World) -> None:
    reason, make = BAD_TOKENS[case]
    metadata = [*world.by_service(world.every_scope), (END_USER, make(world.running.identity, ()))]
    async with refused(grpc.StatusCode.UNAUTHENTICATED, reason):
        await world.call(method, filled(method.request_class), metadata)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def outcomes(world: World) -> dict[str, grpc.aio.AioRpcError]:
    """How a call of each method ends with a token that nobody knows the key of: all at once, since each of them waits
    until the keys are asked for anew."""
    metadata = bearer(of_unknown_key(world.running.identity, world.every_scope))
    calls = [world.call(method, filled(method.request_class), metadata) for method in METHODS]
    return dict(zip(map(full_name, METHODS), await asyncio.gather(*calls, return_exceptions=True), strict=True))


@each_method()
async def test_token_of_an_unknown_key(method: Method, outcomes: dict[str, grpc.aio.AioRpcError]) -> None:
    async with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"):
        raise outcomes[full_name(method)]


@pytest.mark.parametrize("scheme", ["", "Basic", "Bearer", "bearer "])
@each_method(PROTECTED[:1])
async def test_no_bearer(method: Method, scheme: str, world: World) -> None:
    async with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"):
        await world.call(method, filled(method.request_class), [(AUTHORIZATION, scheme)])


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in MALFORMED.items()])
@each_method(PROTECTED[:1])
async def test_text_that_is_no_token(method: Method, text: str, world: World) -> None:
    async with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"):
        await world.call(method, filled(method.request_class), bearer(text))
