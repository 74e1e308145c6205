"""CheckAuthorization and CreateAuthorizationCode, and what ends what they lead to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from grpc import StatusCode

from innkeeper.auth.v1 import auth_pb2
from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub
from innkeeper.users.v1 import users_pb2
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from tests.conftest import StartPlatform
from tests.contract.calls.filling import CHALLENGE, REDIRECT_URI, VERIFIER
from tests.errors import refused
from tests.service.auth.conftest import EMAIL, PASSWORD, Auth, renewal, request_id
from tests.service.auth.test_accounts import change, everything


class Authorizing:
    """A user, a public client, and the page that stands between them."""

    def __init__(self, auth: Auth, account: auth_pb2.Account) -> None:
        self.auth = auth
        self.account = account
        self.page: Any = auth.running.inside(AuthServiceStub, as_service="web")
        self.asked = auth_pb2.AuthorizationRequest(
            client_id="planner",
            redirect_uri=REDIRECT_URI,
            scopes=["bookings.read"],
            code_challenge=CHALLENGE,
            code_challenge_method="S256",
        )

    async def register(self, **client: Any) -> auth_pb2.Client:
        """The client."""
        given = {"display_name": "A planner", "scopes": ["bookings.read"], "redirect_uris": [REDIRECT_URI]}
        return await self.auth.staff().CreateClient(
            auth_pb2.CreateClientRequest(
                client=auth_pb2.Client(**{**given, "public": True, **client}),
                client_id="planner",
                request_id=request_id(),
            )
        )

    async def code(self) -> str:
        """A code that the user gives the client."""
        request = auth_pb2.CreateAuthorizationCodeRequest(
            authorization=self.asked, email=EMAIL, password=PASSWORD, request_id=request_id()
        )
        return str((await self.page.CreateAuthorizationCode(request)).code)

    async def tokens(self, code: str) -> auth_pb2.Tokens:
        """What the client gets for it."""
        grant = auth_pb2.AuthorizationCodeGrant(
            code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER, client_id="planner"
        )
        return await self.auth.anybody.IssueToken(
            auth_pb2.IssueTokenRequest(authorization_code=grant, request_id=request_id())
        )


@pytest.fixture
async def authorizing(platform: StartPlatform) -> Authorizing:
    auth = Auth(await platform("users", "auth"))
    authorizing = Authorizing(auth, await auth.account())
    await authorizing.register()
    return authorizing


async def test_a_client_is_shown_with_what_it_is(authorizing: Authorizing) -> None:
    [shown] = [
        client
        for client in (await authorizing.auth.staff().ListClients(auth_pb2.ListClientsRequest())).clients
        if client.name == "clients/planner"
    ]
    assert (shown.public, shown.secret, shown.redirect_uris) == (True, "", [REDIRECT_URI])


async def test_nothing_stored_stands_for_a_code(authorizing: Authorizing) -> None:
    code = await authorizing.code()
    stored = await authorizing.auth.running.database("auth").read(everything)
    assert code.encode() not in stored


async def test_a_repeated_request_gets_the_same_code_and_the_same_tokens(authorizing: Authorizing) -> None:
    request = auth_pb2.CreateAuthorizationCodeRequest(
        authorization=authorizing.asked, email=EMAIL, password=PASSWORD, request_id=request_id()
    )
    first = await authorizing.page.CreateAuthorizationCode(request)
    assert await authorizing.page.CreateAuthorizationCode(request) == first
    grant = auth_pb2.AuthorizationCodeGrant(
        code=first.code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER, client_id="planner"
    )
    exchange = auth_pb2.IssueTokenRequest(authorization_code=grant, request_id=request_id())
    tokens = await authorizing.auth.anybody.IssueToken(exchange)
    assert await authorizing.auth.anybody.IssueToken(exchange) == tokens
    said = await authorizing.auth.introspect(tokens.access_token)
    assert (said.active, said.client_id) == (True, "planner")


async def delete_client(authorizing: Authorizing) -> None:
    await authorizing.auth.staff().DeleteClient(
        auth_pb2.DeleteClientRequest(name="clients/planner", request_id=request_id())
    )
    await authorizing.register()


async def change_password(authorizing: Authorizing) -> None:
    await authorizing.auth.user(authorizing.account.user).ChangePassword(change())


async def delete_user(authorizing: Authorizing) -> None:
    running, user = authorizing.auth.running, authorizing.account.user
    users = running.stub(UsersServiceStub, token=running.token(subject=user, scopes=["users.write"]))
    created = users_pb2.CreateUserRequest(request_id=request_id())
    created.user.given_name, created.user.family_name, created.user.email = "Ada", "Lovelace", EMAIL
    created.user.birth_date.year, created.user.birth_date.month, created.user.birth_date.day = 1990, 2, 28
    await users.CreateUser(created)
    await users.DeleteUser(users_pb2.DeleteUserRequest(name=user, request_id=request_id()))
    await running.settled()


@pytest.mark.parametrize("end", [delete_client, change_password, delete_user])
async def test_what_ends_an_authorization(
    authorizing: Authorizing, end: Callable[[Authorizing], Awaitable[None]]
) -> None:
    tokens, unused = await authorizing.tokens(await authorizing.code()), await authorizing.code()
    await end(authorizing)
    async with refused(StatusCode.UNAUTHENTICATED, "AUTHORIZATION_CODE_INVALID"):
        await authorizing.tokens(unused)
    request = renewal(tokens.refresh_token)
    request.refresh.client_id = "planner"
    async with refused(StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        await authorizing.auth.anybody.IssueToken(request)
    assert not (await authorizing.auth.introspect(tokens.access_token)).active


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://partner.example/callback#fragment",
        "https://user@partner.example/callback",
        "https:///callback",
        "http://partner.example/callback",
        "http://localhost:8000/callback",
        "http://127.0.0.1.evil.example/callback",
        "javascript:/alert(1)",
        "data:/text",
        "app:/callback",
        "/callback",
        "https://partner.example/call back",
        "https://partner.example/<script>",
        "",
    ],
)
async def test_no_client_is_registered_with(authorizing: Authorizing, redirect_uri: str) -> None:
    async with refused(StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"):
        await authorizing.register(redirect_uris=[redirect_uri])


async def test_a_public_client_is_of_use_only_with_a_redirect_uri(authorizing: Authorizing) -> None:
    async with refused(StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"):
        await authorizing.register(redirect_uris=[])


async def test_nobody_registers_as_the_sign_in(authorizing: Authorizing) -> None:
    async with refused(StatusCode.ALREADY_EXISTS, "RESOURCE_EXISTS"):
        await authorizing.auth.client("users.read", client_id="sign-in")
