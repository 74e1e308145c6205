"""A service has a token at hand that is good for some time yet, and asks for one no more often than it must."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration

from chassis.errors import CallFailed
from chassis.security.service_tokens import ServiceTokens
from innkeeper.auth.v1.auth_pb2 import IssueTokenRequest, Tokens

LIFE = 100.0


class Auth:
    """Issues a token after the other, each good for 100 seconds, or is away."""

    def __init__(self) -> None:
        self.asked: list[IssueTokenRequest] = []
        self.away = False
        self.now = 1000.0

    async def IssueToken(self, request: IssueTokenRequest) -> Tokens:
        self.asked.append(request)
        await asyncio.sleep(0)
        if self.away:
            raise CallFailed(grpc.StatusCode.UNAVAILABLE, "away", reason="OVERLOADED").as_seen_by_client()
        return Tokens(access_token=f"token-{len(self.asked)}", expires_in=Duration(seconds=int(LIFE)))

    def clock(self) -> float:
        return self.now


@pytest.fixture
def auth() -> Auth:
    return Auth()


@pytest.fixture
def tokens(auth: Auth) -> ServiceTokens:
    stub: Any = auth
    return ServiceTokens(stub, "booking", "secret", auth.clock)


async def test_the_first_is_asked_for_once_however_many_need_it(auth: Auth, tokens: ServiceTokens) -> None:
    assert await asyncio.gather(*(tokens.bearer() for _ in range(20))) == ["Bearer token-1"] * 20
    (request,) = auth.asked
    assert request.client_credentials.client_id == "booking"
    assert request.client_credentials.client_secret == "secret"
    assert request.request_id


@pytest.mark.parametrize(
    ("later", "token"),
    [
        pytest.param(0.0, "Bearer token-1", id="at once"),
        pytest.param(0.69 * LIFE, "Bearer token-1", id="still good for a while"),
        pytest.param(0.7 * LIFE, "Bearer token-2", id="good for a little while"),
        pytest.param(2 * LIFE, "Bearer token-2", id="expired"),
    ],
)
async def test_it_is_renewed_before_it_expires(auth: Auth, tokens: ServiceTokens, later: float, token: str) -> None:
    await tokens.bearer()
    auth.now += later
    assert await tokens.bearer() == token


async def test_while_no_new_one_can_be_had_the_old_one_does(auth: Auth, tokens: ServiceTokens) -> None:
    await tokens.bearer()
    auth.away = True
    auth.now += 0.8 * LIFE
    assert [await tokens.bearer() for _ in range(5)] == ["Bearer token-1"] * 5
    assert len(auth.asked) == 2, "not asked again at once"
    auth.now += 6
    await tokens.bearer()
    assert len(auth.asked) == 3
    auth.away = False
    auth.now += 6
    assert await tokens.bearer() == "Bearer token-4"


async def test_an_expired_one_does_not(auth: Auth, tokens: ServiceTokens) -> None:
    await tokens.bearer()
    auth.away = True
    auth.now += LIFE
    with pytest.raises(grpc.aio.AioRpcError):
        await tokens.bearer()


async def test_none_can_be_had_at_all(auth: Auth, tokens: ServiceTokens) -> None:
    auth.away = True
    with pytest.raises(grpc.aio.AioRpcError):
        await tokens.bearer()
    auth.away = False
    assert await tokens.bearer() == "Bearer token-2"
