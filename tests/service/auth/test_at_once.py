"""What is good for one use is used once, also where many bring it at the same moment; and that ends what came of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import pytest
from grpc.aio import AioRpcError

from chassis.errors import reason_of
from innkeeper.auth.v1 import auth_pb2
from tests.conftest import StartPlatform
from tests.service.auth.conftest import Auth
from tests.service.auth.test_authorizations import Authorizing

AT_ONCE = 8


@pytest.fixture(params=["sqlite", "postgresql"])
async def authorizing(request: pytest.FixtureRequest, platform: StartPlatform) -> Authorizing:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql").url("users", "auth")
    auth = Auth(await platform("users", "auth", database_url=url))
    authorizing = Authorizing(auth, await auth.account())
    await authorizing.register()
    return authorizing


async def outcomes(calls: Sequence[Awaitable[auth_pb2.Tokens]]) -> tuple[list[auth_pb2.Tokens], Counter[str]]:
    """The tokens that were given, and how many calls were refused for each reason."""
    given, refused = [], Counter[str]()
    for outcome in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(outcome, auth_pb2.Tokens):
            given.append(outcome)
        else:
            assert isinstance(outcome, AioRpcError), outcome
            refused[reason_of(outcome)] += 1
    return given, refused


async def _by_code(authorizing: Authorizing) -> tuple[Callable[[], Awaitable[auth_pb2.Tokens]], set[str]]:
    code = await authorizing.code()
    return lambda: authorizing.tokens(code), {"AUTHORIZATION_CODE_REUSED"}


async def _by_refresh_token(authorizing: Authorizing) -> tuple[Callable[[], Awaitable[auth_pb2.Tokens]], set[str]]:
    """The first that comes too late ends the session; to the others, it has ended."""
    token = (await authorizing.auth.sign_in()).refresh_token
    return lambda: authorizing.auth.renew(token), {"REFRESH_TOKEN_REUSED", "REFRESH_TOKEN_INVALID"}


@pytest.mark.parametrize("brought", [_by_code, _by_refresh_token])
async def test_of_many_at_once_one_gets_tokens_and_they_end(
    authorizing: Authorizing,
    brought: Callable[[Authorizing], Awaitable[tuple[Callable[[], Awaitable[auth_pb2.Tokens]], set[str]]]],
) -> None:
    bring, reasons = await brought(authorizing)
    given, refused = await outcomes([bring() for _ in range(AT_ONCE)])
    assert len(given) == 1
    assert refused.total() == AT_ONCE - 1
    assert set(refused) <= reasons
    assert not (await authorizing.auth.introspect(given[0].access_token)).active
