"""OAuth 2 clients: their registration, and the tokens that they get."""

from __future__ import annotations

import pytest
from grpc import StatusCode

from chassis.security.secrets import Secrets
from innkeeper.auth.v1 import auth_pb2
from innkeeper.users.v1 import users_pb2
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.service.auth.conftest import Auth, request_id


async def test_a_client_gets_a_token_and_no_refresh_token(auth: Auth) -> None:
    client = await auth.client("hotels.read", "bookings.read")
    tokens = await auth.client_token("agency", client.secret)
    assert (tokens.subject, tokens.refresh_token) == ("clients/agency", "")
    assert list(tokens.scopes) == ["bookings.read", "hotels.read"]
    said = await auth.introspect(tokens.access_token)
    assert (said.active, said.subject, said.scopes) == (True, tokens.subject, tokens.scopes)


async def test_a_client_asks_for_fewer_scopes(auth: Auth) -> None:
    client = await auth.client("hotels.read", "bookings.read")
    assert list((await auth.client_token("agency", client.secret, "hotels.read")).scopes) == ["hotels.read"]
    async with refused(StatusCode.PERMISSION_DENIED, "SCOPE_NOT_GRANTED") as failure:
        await auth.client_token("agency", client.secret, "hotels.read", "admin")
    assert failure.info.metadata["scopes"] == "admin"


async def test_an_unknown_client_is_as_a_wrong_secret(auth: Auth) -> None:
    client = await auth.client("hotels.read")
    messages = set()
    for client_id, secret in (("agency", "wrong"), ("agency", client.secret[:-1]), ("nobody", client.secret)):
        async with refused(StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS") as failure:
            await auth.client_token(client_id, secret)
        messages.add(failure.error.details())
    assert len(messages) == 1


async def test_a_repeated_request_gets_the_same_token(auth: Auth) -> None:
    client = await auth.client("hotels.read")
    credentials = auth_pb2.ClientCredentials(client_id="agency", client_secret=client.secret)
    request = auth_pb2.IssueTokenRequest(client_credentials=credentials, request_id=request_id())
    assert await auth.anybody.IssueToken(request) == await auth.anybody.IssueToken(request)


async def test_the_secret_is_shown_once_also_where_the_request_is_repeated(auth: Auth) -> None:
    request = auth_pb2.CreateClientRequest(
        client=auth_pb2.Client(display_name="An agency", scopes=["hotels.read"]), request_id=request_id()
    )
    client = await auth.staff().CreateClient(request)
    assert client.secret
    assert await auth.staff().CreateClient(request) == client, "the same answer to the same request"
    listed = await auth.staff().ListClients(auth_pb2.ListClientsRequest(page_size=1000))
    assert client.name in {one.name for one in listed.clients}
    assert {one.secret for one in listed.clients} == {""}


async def test_a_client_id_is_taken_once(auth: Auth) -> None:
    await auth.client("hotels.read")
    async with refused(StatusCode.ALREADY_EXISTS, "RESOURCE_EXISTS"):
        await auth.client("hotels.read")


async def test_a_removed_client_gets_no_more_tokens(auth: Auth) -> None:
    client = await auth.client("hotels.read")
    request = auth_pb2.DeleteClientRequest(name=client.name, request_id=request_id())
    await auth.staff().DeleteClient(request)
    await auth.staff().DeleteClient(request)
    async with refused(StatusCode.UNAUTHENTICATED, "WRONG_CREDENTIALS"):
        await auth.client_token("agency", client.secret)
    async with refused(StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await auth.staff().DeleteClient(auth_pb2.DeleteClientRequest(name=client.name, request_id=request_id()))


async def test_pages_go_through_all_clients_by_name(auth: Auth) -> None:
    for client_id in ("zebra", "aardvark", "mole"):
        await auth.client("hotels.read", client_id=client_id)
    names, token = [], ""
    while not names or token:
        page = await auth.staff().ListClients(auth_pb2.ListClientsRequest(page_size=2, page_token=token))
        names += [client.name for client in page.clients]
        token = page.next_page_token
    assert names == ["clients/aardvark", "clients/auth", "clients/cli", "clients/mole", "clients/zebra"]


@pytest.mark.parametrize("client_id", ["users", "auth", "cli"])
async def test_the_platform_s_own_clients_are_there_from_the_start(platform: StartPlatform, client_id: str) -> None:
    auth = Auth(await platform("users", "auth"))
    secrets = Secrets(auth.running.platform.settings.data_dir / "secrets")
    tokens = await auth.client_token(client_id, secrets.client_secret(client_id))
    assert "internal" in tokens.scopes
    assert ("users.read" in tokens.scopes) == (client_id == "cli")


async def test_the_command_line_may_everything(platform: StartPlatform) -> None:
    auth = Auth(await platform("users", "auth"))
    secrets = Secrets(auth.running.platform.settings.data_dir / "secrets")
    tokens = await auth.client_token("cli", secrets.client_secret("cli"))
    users = auth.running.stub(UsersServiceStub, token=tokens.access_token)
    assert list((await users.ListUsers(users_pb2.ListUsersRequest())).users) == []
