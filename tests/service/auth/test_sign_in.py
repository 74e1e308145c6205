"""SignIn, and how often a password may be guessed."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from google.rpc.error_details_pb2 import RetryInfo
from grpc import StatusCode
from grpc.aio import AioRpcError

from chassis.errors import reason_of, status_of
from innkeeper.auth.v1 import auth_pb2
from innkeeper.users.v1 import users_pb2
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.service.auth.conftest import EMAIL, PASSWORD, Auth, request_id

TRAVELLER = [
    "bookings.read",
    "bookings.write",
    "notifications.read",
    "notifications.write",
    "payments.read",
    "users.read",
    "users.write",
]


@pytest.mark.parametrize("email", [EMAIL, "ADA@example.ORG"])
async def test_a_user_signs_in(auth: Auth, email: str) -> None:
    account = await auth.account()
    tokens = await auth.sign_in(email=email)
    assert (tokens.subject, tokens.token_type, list(tokens.scopes)) == (account.user, "Bearer", TRAVELLER)
    assert tokens.expires_in.ToSeconds() == 900
    assert tokens.access_token
    assert tokens.refresh_token


async def test_with_the_first_token_the_user_makes_the_own_record(platform: StartPlatform) -> None:
    auth = Auth(await platform("users", "auth"))
    account = await auth.account()
    users = auth.running.stub(UsersServiceStub, token=(await auth.sign_in()).access_token)
    person = users_pb2.User(given_name="Ada", email=EMAIL)
    user = await users.CreateUser(users_pb2.CreateUserRequest(user=person, request_id=request_id()))
    assert user.name == account.user


async def test_an_unknown_account_is_as_a_wrong_password(auth: Auth) -> None:
    await auth.account()
    messages = set()
    for email, password in ((EMAIL, "a wrong password"), ("nobody@example.org", PASSWORD)):
        async with refused(StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS") as failure:
            await auth.sign_in(password, email)
        messages.add(failure.error.details())
    assert len(messages) == 1


async def test_a_repeated_request_gets_the_same_tokens(auth: Auth) -> None:
    await auth.account()
    request = auth_pb2.SignInRequest(email=EMAIL, password=PASSWORD, request_id=request_id())
    assert await auth.anybody.SignIn(request) == await auth.anybody.SignIn(request)
    request.password = "another password"
    async with refused(StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED"):
        await auth.anybody.SignIn(request)


async def guess(auth: Auth, email: str = EMAIL) -> str:
    """The reason why a wrong password was refused."""
    with pytest.raises(AioRpcError) as failure:
        await auth.sign_in("a wrong password", email)
    return reason_of(failure.value)


async def test_the_eleventh_guess_within_a_minute_is_one_too_many(auth: Auth) -> None:
    await auth.account()
    assert [await guess(auth) for _ in range(12)] == ["WRONG_CREDENTIALS"] * 10 + ["TOO_MANY_ATTEMPTS"] * 2


async def test_a_locked_account_says_when_to_try_again(auth: Auth, platform: StartPlatform) -> None:
    await auth.account()
    for _ in range(10):
        await guess(auth)
    replica = Auth(await platform("auth"))
    for caller in (auth, replica):
        async with refused(StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_ATTEMPTS") as failure:
            await caller.sign_in()
        status, retry = status_of(failure.error), RetryInfo()
        assert status is not None
        assert [detail.Unpack(retry) for detail in status.details].count(True) == 1
        assert 0 < retry.retry_delay.ToTimedelta().total_seconds() <= 60


async def test_guesses_side_by_side_get_no_more_answers(auth: Auth) -> None:
    await auth.account()
    reasons = Counter(await asyncio.gather(*(guess(auth) for _ in range(30))))
    assert reasons == {"WRONG_CREDENTIALS": 10, "TOO_MANY_ATTEMPTS": 20}


async def test_one_account_is_locked_and_not_another(auth: Auth) -> None:
    await auth.account()
    await auth.account("grace@example.org")
    for _ in range(10):
        await guess(auth)
    assert (await auth.sign_in(email="grace@example.org")).refresh_token


async def test_of_an_account_that_does_not_exist_nothing_is_counted(auth: Auth) -> None:
    assert {await guess(auth, "nobody@example.org") for _ in range(12)} == {"WRONG_CREDENTIALS"}


async def test_many_right_passwords_at_once_are_all_let_in(auth: Auth) -> None:
    await auth.account()
    sessions = await asyncio.gather(*(auth.sign_in() for _ in range(30)))
    assert len({tokens.refresh_token for tokens in sessions}) == 30


async def test_a_locked_account_still_answers_the_repeated_request(auth: Auth) -> None:
    await auth.account()
    request = auth_pb2.SignInRequest(email=EMAIL, password=PASSWORD, request_id=request_id())
    tokens = await auth.anybody.SignIn(request)
    for _ in range(11):
        await guess(auth)
    assert await auth.anybody.SignIn(request) == tokens
