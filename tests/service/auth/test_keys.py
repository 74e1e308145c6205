"""GetJwks and RotateSigningKey."""

from __future__ import annotations

import pytest
from google.protobuf.json_format import MessageToDict
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select

from chassis.errors import StartError
from innkeeper.auth.v1 import auth_pb2
from innkeeper.users.v1 import users_pb2
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from services.auth.store.tables import SIGNING_KEYS
from tests.conftest import StartPlatform
from tests.service.auth.conftest import Auth, request_id


def verified(token: str, jwks: auth_pb2.Jwks) -> jwt.Token:
    """The token, by a verifier that knows nothing but the published keys."""
    return jwt.decode(token, KeySet.import_key_set(MessageToDict(jwks)), algorithms=["ES256"])


async def test_a_token_is_verified_with_the_published_keys(auth: Auth) -> None:
    account = await auth.account()
    tokens = await auth.sign_in()
    jwks = await auth.jwks()
    token = verified(tokens.access_token, jwks)
    assert (token.header["typ"], token.header["kid"]) == ("at+jwt", jwks.keys[0].kid)
    assert (token.claims["sub"], token.claims["scope"]) == (account.user, " ".join(tokens.scopes))
    assert token.claims["exp"] - token.claims["iat"] == 900
    for key in jwks.keys:
        assert (key.kty, key.crv, key.use, key.alg) == ("EC", "P-256", "sig", "ES256")


async def test_a_key_is_published_before_it_signs(auth: Auth) -> None:
    await auth.account()
    known = await auth.jwks()
    signing, upcoming = known.keys
    assert verified((await auth.sign_in()).access_token, known).header["kid"] == signing.kid
    rotated = await auth.rotate()
    assert [key.kid for key in rotated.keys[::2]] == [upcoming.kid, signing.kid], "and a new one between them"
    token = verified((await auth.sign_in()).access_token, known)
    assert token.header["kid"] == upcoming.kid, "whoever kept the keys from before the change has it"


async def test_old_tokens_outlive_the_key_that_signed_them(auth: Auth) -> None:
    await auth.account()
    generations = []
    for _ in range(3):
        generations.append(await auth.sign_in())
        await auth.rotate()
    generations.append(await auth.sign_in())
    jwks = await auth.jwks()
    for tokens in generations:
        verified(tokens.access_token, jwks)
        assert (await auth.introspect(tokens.access_token)).active
    kids = [verified(tokens.access_token, jwks).header["kid"] for tokens in generations]
    signing, _, *retired = jwks.keys
    assert kids == [key.kid for key in reversed((signing, *retired))], "then the latest before"
    assert len(set(kids)) == 4


async def test_other_services_take_tokens_from_before_and_after(platform: StartPlatform) -> None:
    auth = Auth(await platform("users", "auth"))
    await auth.account()
    before = await auth.sign_in()
    replica = Auth(await platform("users", "auth"))
    await replica.rotate()
    after = await auth.sign_in()
    for tokens in (before, after):
        users = auth.running.stub(UsersServiceStub, token=tokens.access_token)
        assert (await users.ListUsers(users_pb2.ListUsersRequest())).users == []


async def test_a_repeated_request_makes_one_key(auth: Auth) -> None:
    request = auth_pb2.RotateSigningKeyRequest(request_id=request_id())
    first = await auth.staff().RotateSigningKey(request)
    assert await auth.staff().RotateSigningKey(request) == first == await auth.jwks()
    assert len(first.keys) == 3


async def test_the_private_part_of_a_retired_key_is_destroyed(auth: Auth) -> None:
    await auth.rotate()
    query = select(SIGNING_KEYS.c.kid).where(SIGNING_KEYS.c.sealed.is_not(None))
    sealed = await auth.running.database("auth").read(lambda session: session.scalars(query).all())
    assert set(sealed) == {key.kid for key in (await auth.jwks()).keys[:2]}


async def test_every_replica_signs_with_the_same_key(auth: Auth, platform: StartPlatform) -> None:
    replica = Auth(await platform("auth"))
    assert await replica.jwks() == await auth.jwks()
    rotated = await replica.rotate()
    assert rotated == await auth.jwks()


async def test_without_the_secret_that_sealed_the_key_there_is_no_start(auth: Auth, platform: StartPlatform) -> None:
    secret = auth.running.platform.settings.data_dir / "secrets" / "auth-signing"
    secret.unlink()
    with pytest.raises(StartError, match="auth-signing"):
        await platform("auth")
