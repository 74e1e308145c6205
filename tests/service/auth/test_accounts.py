"""CreateAccount and ChangePassword."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest
from grpc import StatusCode
from grpc.aio import AioRpcError
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from chassis.errors import reason_of
from chassis.storage.tables import REQUESTS
from innkeeper.auth.v1 import auth_pb2
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.service.auth.conftest import EMAIL, PASSWORD, Auth, request_id

BETTER = "staple battery horse correct"


def change(old: str = PASSWORD, new: str = BETTER) -> auth_pb2.ChangePasswordRequest:
    return auth_pb2.ChangePasswordRequest(old_password=old, new_password=new, request_id=request_id())


def everything(session: Session) -> bytes:
    """All that is in a database."""
    tables = MetaData()
    tables.reflect(session.connection())
    rows = [row for table in tables.sorted_tables for row in session.execute(select(table))]
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


async def test_an_account_has_a_user_of_its_own(auth: Auth) -> None:
    ada, grace = await auth.account(), await auth.account("grace@example.org")
    assert ada.name.startswith("accounts/")
    assert ada.user.startswith("users/")
    assert (ada.email, ada.user != grace.user) == (EMAIL, True)
    assert (await auth.sign_in()).subject == ada.user


@pytest.mark.parametrize("email", [EMAIL, "Ada@Example.ORG"])
async def test_an_address_has_one_account(auth: Auth, email: str) -> None:
    await auth.account()
    async with refused(StatusCode.ALREADY_EXISTS, "ACCOUNT_EXISTS") as failure:
        await auth.account(email)
    assert "ada" not in (failure.error.details() or "").lower(), "errors carry no personal data"


async def test_of_many_who_sign_up_with_an_address_at_once_one_gets_it(auth: Auth) -> None:
    outcomes = await asyncio.gather(*(auth.account() for _ in range(6)), return_exceptions=True)
    assert [reason_of(outcome) for outcome in outcomes if isinstance(outcome, AioRpcError)] == ["ACCOUNT_EXISTS"] * 5


async def test_a_repeated_request_makes_one_account(auth: Auth) -> None:
    request = auth_pb2.CreateAccountRequest(password=PASSWORD, request_id=request_id())
    request.account.email = EMAIL
    assert await auth.anybody.CreateAccount(request) == await auth.anybody.CreateAccount(request)


@pytest.mark.parametrize("password", ["password123", "ada@example.org!", "Qwertyuiop"])
async def test_a_weak_password_is_refused(auth: Auth, password: str) -> None:
    request = auth_pb2.CreateAccountRequest(password=password, request_id=request_id())
    request.account.email = EMAIL
    async with refused(StatusCode.INVALID_ARGUMENT, "PASSWORD_TOO_WEAK"):
        await auth.anybody.CreateAccount(request)


async def test_a_changed_password_ends_every_session(auth: Auth) -> None:
    account = await auth.account()
    sessions = [await auth.sign_in(), await auth.sign_in()]
    await auth.user(account.user).ChangePassword(change())
    for session in sessions:
        async with refused(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
            await auth.renew(session.refresh_token)
    async with refused(StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS"):
        await auth.sign_in(PASSWORD)
    assert (await auth.sign_in(BETTER)).subject == account.user


async def test_a_repeated_change_is_the_same_one(auth: Auth) -> None:
    user = auth.user((await auth.account()).user)
    request = change()
    await user.ChangePassword(request)
    await user.ChangePassword(request)
    await auth.sign_in(BETTER)


async def test_the_old_password_is_asked_for_and_wrong_ones_are_counted(auth: Auth) -> None:
    user = auth.user((await auth.account()).user)
    session = await auth.sign_in()
    for _ in range(10):
        async with refused(StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS"):
            await user.ChangePassword(change(old="a guess of mine"))
    async with refused(StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_ATTEMPTS"):
        await user.ChangePassword(change())
    assert (await auth.renew(session.refresh_token)).subject == session.subject, "nothing has changed"


async def test_a_new_password_is_no_weak_one(auth: Auth) -> None:
    user = auth.user((await auth.account()).user)
    async with refused(StatusCode.INVALID_ARGUMENT, "PASSWORD_TOO_WEAK"):
        await user.ChangePassword(change(new="iloveyou123"))
    await auth.sign_in()


async def test_who_has_no_account_has_no_password(auth: Auth) -> None:
    async with refused(StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await auth.user("users/nobody").ChangePassword(change())


async def test_hashes_move_to_new_parameters_as_people_sign_in(auth: Auth, platform: StartPlatform) -> None:
    await auth.account()
    stricter = Auth(await platform("auth", argon2_memory_kib=128))
    for _ in range(2):
        assert (await stricter.sign_in()).refresh_token
    async with refused(StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS"):
        await stricter.sign_in("another password")


async def test_no_secret_is_stored_as_it_came(auth: Auth) -> None:
    await auth.account()
    tokens = await auth.sign_in()
    renewed = await auth.renew(tokens.refresh_token)
    client = await auth.client("hotels.read")
    issued = await auth.client_token("agency", client.secret)
    secrets = [PASSWORD, client.secret, issued.access_token]
    secrets += [secret for each in (tokens, renewed) for secret in (each.access_token, each.refresh_token)]
    stored = await auth.running.database("auth").read(everything)
    assert EMAIL.encode() in stored
    assert [secret for secret in secrets if secret.encode() in stored] == []


async def test_no_password_can_be_guessed_from_what_is_stored_of_a_request(auth: Auth) -> None:
    await auth.account()
    request = auth_pb2.SignInRequest(email=EMAIL, password=PASSWORD, request_id=request_id())
    await auth.anybody.SignIn(request)
    query = select(REQUESTS.c.digest).where(REQUESTS.c.request_id == request.request_id)
    stored = await auth.running.database("auth").read(lambda session: session.scalars(query).one())
    assert sha256(request.SerializeToString(deterministic=True)).digest() != stored
    assert len(stored) > 32, "encrypted"


async def test_strangers_have_no_keys_in_common(auth: Auth) -> None:
    request = auth_pb2.CreateAccountRequest(password=PASSWORD)
    request.account.email = EMAIL
    async with refused(StatusCode.INVALID_ARGUMENT, "INVALID_FIELD") as refusal:
        await auth.anybody.CreateAccount(request, metadata=[("idempotency-key", "sign-up")])
    assert refusal.fields == ["request_id"]
    key = [("idempotency-key", request_id())]
    first = await auth.anybody.CreateAccount(request, metadata=key)
    assert await auth.anybody.CreateAccount(request, metadata=key) == first
