"""An authorization server, a user with an account, and clients with all that they need to ask for tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from httpx import AsyncClient, Response

from chassis.settings import Settings
from innkeeper.auth.v1 import auth_pb2
from services.web.oauth import paths
from tests.conftest import RunningPlatform
from tests.contract.calls.filling import CHALLENGE, VERIFIER
from tests.service.auth.conftest import PASSWORD, Auth, request_id
from tests.service.web.oauth.browser import Browser, Page

REDIRECT_URI: Final = "https://partner.example/callback"
SCOPES: Final = ("bookings.read", "bookings.write", "users.read", "hotels.read")
"""What clients are registered for here; the last is no right of a traveller."""

ALLOWED: Final = "bookings.read bookings.write users.read"
"""What a user can allow them of that."""


class World:
    """Everything at one address, which is the web service's own or the edge's.

    Args:
        running: The platform.
        url: Where it is called.
    """

    def __init__(self, running: RunningPlatform, url: str) -> None:
        self.auth = Auth(running)
        self.url = url
        self.issuer = Settings().public_url
        self.http = AsyncClient(base_url=url, trust_env=False, timeout=30)
        self.email = f"{uuid4()}@example.org"
        self.user = ""

    async def open(self) -> World:
        """The world, with the user's account."""
        self.user = (await self.auth.account(self.email)).user
        return self

    async def close(self) -> None:
        """Ends its connections."""
        await self.http.aclose()

    def here(self, address: str) -> str:
        """An address of the metadata as it is for the test: the platform believes to be at its public one."""
        assert address.startswith(f"{self.issuer}/")
        return address.replace(self.issuer, self.url, 1)

    async def register(
        self,
        *scopes: str,
        redirect_uris: Sequence[str] = (REDIRECT_URI,),
        public: bool = False,
        display_name: str = "Trip Planner",
    ) -> auth_pb2.Client:
        """A new client, with its secret."""
        client = auth_pb2.Client(
            display_name=display_name, scopes=scopes or SCOPES, redirect_uris=redirect_uris, public=public
        )
        return await self.auth.staff().CreateClient(
            auth_pb2.CreateClientRequest(client=client, request_id=request_id())
        )

    def asking(self, client: auth_pb2.Client, **other: str | None) -> str:
        """The address of the page on which a user may allow the client what it asks for."""
        return f"{paths.AUTHORIZE}?{urlencode(asked(client, **other))}"

    async def code(self, client: auth_pb2.Client, **other: str | None) -> str:
        """A code that the user has given the client."""
        async with Browser(self.url) as browser:
            page = await browser.open(self.asking(client, **other))
            return answered(await browser.sign_in(page, self.email, PASSWORD))["code"]

    async def tokens(self, client: auth_pb2.Client, **other: str | None) -> dict[str, Any]:
        """Tokens that the user has allowed the client to have."""
        response = await self.exchange(exchange(client, await self.code(client, **other)))
        assert response.status_code == 200, response.text
        tokens: dict[str, Any] = response.json()
        return tokens

    async def exchange(self, form: Mapping[str, str], **options: Any) -> Response:
        """What the token endpoint answers to a form."""
        return await self.http.post(paths.TOKEN, data=dict(form), **options)

    async def active(self, token: str) -> bool:
        """Whether a token is good, as the auth service knows."""
        return (await self.auth.introspect(token)).active


def client_id(client: auth_pb2.Client) -> str:
    """The `client_id` of OAuth 2."""
    return client.name.removeprefix("clients/")


def credentials(client: auth_pb2.Client) -> dict[str, str]:
    """How it authenticates in a form."""
    return {"client_id": client_id(client)} | ({"client_secret": client.secret} if client.secret else {})


def asked(client: auth_pb2.Client, **other: str | None) -> dict[str, str]:
    """The parameters of a good request for an authorization, with others in their place; None leaves one out."""
    usual = {
        "response_type": "code",
        "client_id": client_id(client),
        "redirect_uri": client.redirect_uris[0],
        "scope": "bookings.read users.read",
        "state": "the client's own",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in {**usual, **other}.items() if value is not None}


def exchange(client: auth_pb2.Client, code: str, /, **other: str | None) -> dict[str, str]:
    """The form of a good request for the tokens that a code stands for, with others in their place."""
    usual = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uris[0],
        "code_verifier": VERIFIER,
        **credentials(client),
    }
    return {name: value for name, value in {**usual, **other}.items() if value is not None}


def renewal(client: auth_pb2.Client, refresh_token: str, **other: str) -> dict[str, str]:
    """The form of a request for the tokens that come next."""
    return {"grant_type": "refresh_token", "refresh_token": refresh_token, **credentials(client), **other}


def answered(response: Response, at: str = REDIRECT_URI) -> dict[str, str]:
    """What a browser brings the client at that redirect URI."""
    assert response.status_code == 303, response.text
    location = response.headers["location"]
    assert location.startswith(at), location
    return dict(parse_qsl(urlsplit(location).query, strict_parsing=True))


def shown(page: Page) -> str:
    """The words of a page, with single spaces between."""
    return " ".join(page.text.split())
