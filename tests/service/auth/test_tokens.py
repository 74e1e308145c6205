"""RevokeToken and IntrospectToken."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from grpc import StatusCode

from chassis.dates import from_timestamp
from innkeeper.auth.v1 import auth_pb2
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.service.auth.conftest import Auth, request_id

NOTHING = auth_pb2.IntrospectTokenResponse(active=False)


@pytest.fixture
async def session(auth: Auth) -> auth_pb2.Tokens:
    await auth.account()
    return await auth.sign_in()


async def test_what_an_access_token_says(auth: Auth, session: auth_pb2.Tokens) -> None:
    said = await auth.introspect(session.access_token)
    assert (said.active, said.token_type, said.subject) == (True, "access_token", session.subject)
    assert (said.scopes, list(said.audience)) == (session.scopes, ["innkeeper"])
    left = from_timestamp(said.expire_time) - datetime.now(UTC)
    assert timedelta(seconds=880) < left <= timedelta(seconds=900)


async def test_what_a_refresh_token_stands_for(auth: Auth, session: auth_pb2.Tokens) -> None:
    said = await auth.introspect(session.refresh_token)
    assert (said.active, said.token_type, said.subject) == (True, "refresh_token", session.subject)
    left = from_timestamp(said.expire_time) - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)


async def test_of_a_token_that_is_not_good_nothing_is_told(auth: Auth, session: auth_pb2.Tokens) -> None:
    await auth.renew(session.refresh_token)
    for token in (session.refresh_token, "nonsense", "a.b.c", session.access_token[:-2], auth.running.token()):
        assert await auth.introspect(token) == NOTHING


async def test_a_token_of_another_issuer_or_audience_is_not_good(auth: Auth, platform: StartPlatform) -> None:
    await auth.account()
    for setting in ({"public_url": "https://another.example"}, {"audience": "another"}):
        other = Auth(await platform("auth", **setting))
        assert await auth.introspect((await other.sign_in()).access_token) == NOTHING


async def test_a_token_that_has_run_out_is_not_good(auth: Auth, platform: StartPlatform) -> None:
    await auth.account()
    brief = Auth(await platform("auth", access_token_seconds=1))
    tokens = await brief.sign_in()
    await asyncio.sleep(1)
    assert await auth.introspect(tokens.access_token) == NOTHING
    assert (await auth.introspect(tokens.refresh_token)).active


async def test_a_revoked_access_token_is_not_good_and_its_session_goes_on(auth: Auth, session: auth_pb2.Tokens) -> None:
    await auth.revoke(session.access_token)
    assert await auth.introspect(session.access_token) == NOTHING
    renewed = await auth.renew(session.refresh_token)
    assert (await auth.introspect(renewed.access_token)).active


async def test_a_revoked_refresh_token_ends_its_session(auth: Auth, session: auth_pb2.Tokens) -> None:
    other = await auth.sign_in()
    renewed = await auth.renew(session.refresh_token)
    await auth.revoke(session.refresh_token)
    for token in (session.access_token, renewed.access_token, renewed.refresh_token):
        assert await auth.introspect(token) == NOTHING
    async with refused(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        await auth.renew(renewed.refresh_token)
    assert (await auth.introspect(other.refresh_token)).active


async def test_revocation_says_nothing_of_the_token(auth: Auth, session: auth_pb2.Tokens) -> None:
    for token in (session.access_token, session.access_token, session.refresh_token, "nonsense", "a.b.c"):
        await auth.revoke(token)


async def test_a_repeated_revocation_is_the_same_one(auth: Auth, session: auth_pb2.Tokens) -> None:
    request = auth_pb2.RevokeTokenRequest(token=session.refresh_token, request_id=request_id())
    await auth.anybody.RevokeToken(request)
    await auth.anybody.RevokeToken(request)


async def test_a_client_s_token_can_be_revoked(auth: Auth) -> None:
    client = await auth.client("hotels.read")
    tokens = await auth.client_token("agency", client.secret)
    await auth.revoke(tokens.access_token)
    assert await auth.introspect(tokens.access_token) == NOTHING
