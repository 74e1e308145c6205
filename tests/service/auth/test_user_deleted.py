"""What happens to an account when its user's record is deleted."""

from __future__ import annotations

from grpc import StatusCode

from innkeeper.users.v1 import users_pb2
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.service.auth.conftest import EMAIL, Auth, request_id


async def test_the_account_goes_with_the_user_and_so_do_its_sessions(platform: StartPlatform) -> None:
    auth = Auth(await platform("users", "auth"))
    account = await auth.account()
    await auth.account("grace@example.org")
    tokens, other = await auth.sign_in(), await auth.sign_in(email="grace@example.org")
    users = auth.running.stub(UsersServiceStub, token=tokens.access_token)
    person = users_pb2.User(given_name="Ada", email=EMAIL)
    await users.CreateUser(users_pb2.CreateUserRequest(user=person, request_id=request_id()))
    await users.DeleteUser(users_pb2.DeleteUserRequest(name=account.user, request_id=request_id()))
    await auth.running.settled()
    async with refused(StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS"):
        await auth.sign_in()
    async with refused(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        await auth.renew(tokens.refresh_token)
    assert not (await auth.introspect(tokens.access_token)).active
    assert (await auth.renew(other.refresh_token)).subject == other.subject
    assert (await auth.account()).user != account.user, "the address is free"
