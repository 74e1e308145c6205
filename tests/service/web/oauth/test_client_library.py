"""A client library that others write goes through every grant, at the web service's port and through the edge."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from grpc import StatusCode
from httpx import AsyncClient
from joserfc import jwt
from joserfc.jwk import KeySet

from innkeeper.auth.v1 import auth_pb2
from innkeeper.users.v1 import users_pb2
from innkeeper.users.v1.users_pb2_grpc import UsersServiceStub
from services.web.oauth import paths
from tests.conftest import started
from tests.contract.calls.filling import VERIFIER
from tests.edge import platform_behind_edge
from tests.errors import refused
from tests.service.auth.conftest import PASSWORD, request_id
from tests.service.web.oauth.browser import Browser
from tests.service.web.oauth.world import ALLOWED, REDIRECT_URI, World, client_id

with warnings.catch_warnings(record=True):  # that it would rather have a successor of httpx
    from authlib.integrations.httpx_client import AsyncOAuth2Client

pytestmark = pytest.mark.asyncio(loop_scope="session")

EDGE = "edge"


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["web", EDGE])
async def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The same at either address."""
    directory: Path = tmp_path_factory.mktemp(request.param) / "data"
    if request.param == EDGE:
        request.getfixturevalue("envoy")
        async with platform_behind_edge(
            directory, ("registry", "auth", "users", "web"), elsewhere=("booking",)
        ) as edge:
            world = await World(edge.platform, edge.url).open()
            yield world
            await world.close()
        return
    async with started(directory, ("auth", "users", "web"), elsewhere=("booking",)) as running:
        world = await World(running, f"http://{running.platform.http_address}").open()
        yield world
        await world.close()


@pytest_asyncio.fixture(loop_scope="session")
async def metadata(world: World) -> dict[str, Any]:
    """What the server says of itself, with addresses of the test."""
    said: dict[str, Any] = (await world.http.get(paths.METADATA)).json()
    return {name: world.here(value) if name.endswith(("_endpoint", "_uri")) else value for name, value in said.items()}


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library asks for https, also on loopback."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


def library(client: auth_pb2.Client, metadata: dict[str, Any], **options: Any) -> AsyncOAuth2Client:
    """The library, as that client."""
    return AsyncOAuth2Client(
        client_id(client),
        client.secret or None,
        redirect_uri=REDIRECT_URI,
        code_challenge_method="S256",
        token_endpoint=metadata["token_endpoint"],
        trust_env=False,
        timeout=30,
        **options,
    )


async def authorized(world: World, session: AsyncOAuth2Client, metadata: dict[str, Any], **options: Any) -> Any:
    """The library's tokens after a user has signed in on the page that it leads to."""
    address, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=VERIFIER, **options
    )
    async with Browser(world.url) as browser:
        response = await browser.sign_in(await browser.open(address), world.email, PASSWORD)
    return await session.fetch_token(
        authorization_response=response.headers["location"], state=state, code_verifier=VERIFIER
    )


async def test_metadata(world: World) -> None:
    response = await world.http.get(paths.METADATA)
    said = AuthorizationServerMetadata(response.json())
    assert response.headers["content-type"] == "application/json"
    assert said["issuer"] == world.issuer
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["response_types_supported"] == ["code"]
    assert {"bookings.read", "users.write"} <= set(said["scopes_supported"])
    assert {"internal", "authorizations.write"}.isdisjoint(said["scopes_supported"])
    secure = {
        name: value.replace("http://", "https://") if isinstance(value, str) else value for name, value in said.items()
    }
    AuthorizationServerMetadata(secure).validate()


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_client_credentials(world: World, metadata: dict[str, Any], method: str) -> None:
    client = await world.register("hotels.read", "bookings.read")
    async with library(client, metadata, token_endpoint_auth_method=method, scope="hotels.read") as session:
        tokens = await session.fetch_token(grant_type="client_credentials")
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 900, "hotels.read")
    assert "refresh_token" not in tokens


@pytest.mark.parametrize("public", [False, True], ids=["confidential", "public"])
async def test_authorization_code(world: World, metadata: dict[str, Any], public: bool) -> None:
    client = await world.register(public=public)
    async with library(client, metadata) as session:
        first = dict(await authorized(world, session, metadata))
        assert first["scope"] == ALLOWED
        second = dict(await session.refresh_token())
        assert second["access_token"] != first["access_token"]
        assert second["refresh_token"] != first["refresh_token"]
        assert (await session.revoke_token(metadata["revocation_endpoint"])).status_code == 200
        assert not await world.active(second["access_token"])
        assert not await world.active(second["refresh_token"])


async def test_the_published_keys_verify_the_token(world: World, metadata: dict[str, Any]) -> None:
    client = await world.register()
    async with library(client, metadata, scope="bookings.read") as session:
        tokens = await authorized(world, session, metadata)
    async with AsyncClient(trust_env=False, timeout=30) as anybody:
        published = await anybody.get(metadata["jwks_uri"])
    token = jwt.decode(tokens["access_token"], KeySet.import_key_set(published.json()), algorithms=["ES256"])
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": world.issuer},
        aud={"essential": True, "value": "innkeeper"},
        sub={"essential": True, "value": world.user},
        client_id={"essential": True, "value": client_id(client)},
        scope={"essential": True, "value": "bookings.read"},
        exp={"essential": True},
        jti={"essential": True},
    ).validate(token.claims)
    assert token.header["typ"] == "at+jwt"


async def test_introspection(world: World, metadata: dict[str, Any]) -> None:
    client, resource_server = await world.register(), await world.register("tokens.introspect", redirect_uris=())
    async with library(client, metadata, scope="bookings.read") as session:
        tokens = await authorized(world, session, metadata)
    async with library(resource_server, metadata) as session:
        said = (await session.introspect_token(metadata["introspection_endpoint"], tokens["access_token"])).json()
        of_refresh = await session.introspect_token(metadata["introspection_endpoint"], tokens["refresh_token"])
        of_nothing = await session.introspect_token(metadata["introspection_endpoint"], "nonsense")
    assert (said["active"], said["sub"], said["client_id"]) == (True, world.user, client_id(client))
    assert (said["scope"], said["iss"], said["aud"]) == ("bookings.read", world.issuer, ["innkeeper"])
    assert (said["token_type"], said["exp"] - said["iat"]) == ("Bearer", 900)
    assert said["jti"]
    assert (of_refresh.json()["active"], of_refresh.json()["sub"]) == (True, world.user)
    assert of_nothing.json() == {"active": False}


async def test_a_token_opens_what_it_is_for_and_nothing_else(world: World, metadata: dict[str, Any]) -> None:
    client = await world.register()
    async with library(client, metadata, scope="users.read") as session:
        tokens = await authorized(world, session, metadata)
    users = world.auth.running.stub(UsersServiceStub, token=tokens["access_token"])
    assert (await users.ListUsers(users_pb2.ListUsersRequest())).users == []
    async with refused(StatusCode.PERMISSION_DENIED, "SCOPE_MISSING"):
        await users.DeleteUser(users_pb2.DeleteUserRequest(name=world.user, request_id=request_id()))
