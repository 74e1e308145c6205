"""IssueToken with a refresh token: each is good once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from grpc import StatusCode
from grpc.aio import AioRpcError
from sqlalchemy import update

from chassis.errors import reason_of
from innkeeper.auth.v1 import auth_pb2
from services.auth.store.tables import TOKEN_FAMILIES
from tests.errors import refused
from tests.service.auth.conftest import Auth, renewal


@pytest.fixture
async def session(auth: Auth) -> auth_pb2.Tokens:
    await auth.account()
    return await auth.sign_in()


async def test_each_token_brings_its_successor(auth: Auth, session: auth_pb2.Tokens) -> None:
    tokens, seen = session, {session.refresh_token}
    for _ in range(5):
        tokens = await auth.renew(tokens.refresh_token)
        assert (tokens.subject, tokens.scopes) == (session.subject, session.scopes)
        seen.add(tokens.refresh_token)
    assert len(seen) == 6


async def test_a_token_that_comes_twice_ends_the_session(auth: Auth, session: auth_pb2.Tokens) -> None:
    other = await auth.sign_in()
    stolen = await auth.renew(session.refresh_token)
    newest = await auth.renew(stolen.refresh_token)
    async with refused(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_REUSED"):
        await auth.renew(stolen.refresh_token)
    for dead in (session, stolen, newest):
        async with refused(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
            await auth.renew(dead.refresh_token)
        assert not (await auth.introspect(dead.refresh_token)).active
        assert not (await auth.introspect(dead.access_token)).active
    assert (await auth.renew(other.refresh_token)).subject == session.subject, "another session of the user goes on"


async def test_of_many_who_use_a_token_at_once_one_gets_tokens_and_the_session_ends(
    auth: Auth, session: auth_pb2.Tokens
) -> None:
    outcomes = await asyncio.gather(*(auth.renew(session.refresh_token) for _ in range(5)), return_exceptions=True)
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, auth_pb2.Tokens)]
    reasons = {reason_of(outcome) for outcome in outcomes if isinstance(outcome, AioRpcError)}
    assert "REFRESH_TOKEN_REUSED" in reasons
    assert reasons <= {"REFRESH_TOKEN_REUSED", "REFRESH_TOKEN_INVALID"}
    async with refused(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        await auth.renew(winner.refresh_token)


async def test_a_repeated_request_is_no_second_use(auth: Auth, session: auth_pb2.Tokens) -> None:
    request = renewal(session.refresh_token)
    tokens = await auth.anybody.IssueToken(request)
    assert await auth.anybody.IssueToken(request) == tokens
    assert (await auth.renew(tokens.refresh_token)).refresh_token


async def test_fewer_scopes_on_request(auth: Auth, session: auth_pb2.Tokens) -> None:
    narrow = await auth.renew(session.refresh_token, "users.read")
    assert list(narrow.scopes) == ["users.read"]
    assert list((await auth.introspect(narrow.access_token)).scopes) == ["users.read"]
    assert (await auth.renew(narrow.refresh_token)).scopes == session.scopes


async def test_more_scopes_are_refused_and_the_token_stays_good(auth: Auth, session: auth_pb2.Tokens) -> None:
    async with refused(StatusCode.PERMISSION_DENIED, "SCOPE_NOT_GRANTED") as failure:
        await auth.renew(session.refresh_token, "users.read", "admin", "hotels.write")
    assert failure.info.metadata["scopes"] == "admin hotels.write"
    assert (await auth.renew(session.refresh_token)).refresh_token


async def test_a_session_that_nobody_used_has_run_out(auth: Auth, session: auth_pb2.Tokens) -> None:
    ended = update(TOKEN_FAMILIES).values(expire_time=datetime.now(UTC))
    await auth.running.database("auth").write(lambda database: database.execute(ended))
    assert not (await auth.introspect(session.refresh_token)).active
    async with refused(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        await auth.renew(session.refresh_token)


async def test_another_text_is_no_refresh_token(auth: Auth, session: auth_pb2.Tokens) -> None:
    for token in ("nonsense", "a.b.c", session.refresh_token.swapcase()):
        async with refused(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
            await auth.renew(token)
