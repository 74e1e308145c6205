"""The auth service, and what its callers do most."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from innkeeper.auth.v1 import auth_pb2
from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub
from tests.conftest import RunningPlatform, StartPlatform

if TYPE_CHECKING:
    from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceAsyncStub

EMAIL = "ada@example.org"
PASSWORD = "correct horse battery staple"


class Auth:
    """Callers of the auth service."""

    def __init__(self, running: RunningPlatform) -> None:
        self.running = running
        self.anybody: AuthServiceAsyncStub = running.stub(AuthServiceStub)

    def staff(self) -> AuthServiceAsyncStub:
        """Calls with every right that the service asks for."""
        return self._stub("clients/desk", "auth.admin", "tokens.introspect")

    def user(self, user: str) -> AuthServiceAsyncStub:
        """Calls as that user."""
        return self._stub(user, "users.write")

    async def account(self, email: str = EMAIL) -> auth_pb2.Account:
        """A new account."""
        request = auth_pb2.CreateAccountRequest(password=PASSWORD, request_id=request_id())
        request.account.email = email
        return await self.anybody.CreateAccount(request)

    async def sign_in(self, password: str = PASSWORD, email: str = EMAIL) -> auth_pb2.Tokens:
        """The tokens of a new session."""
        return await self.anybody.SignIn(
            auth_pb2.SignInRequest(email=email, password=password, request_id=request_id())
        )

    async def renew(self, refresh_token: str, *scopes: str) -> auth_pb2.Tokens:
        """The tokens that come next."""
        return await self.anybody.IssueToken(renewal(refresh_token, *scopes))

    async def client(self, *scopes: str, client_id: str = "agency") -> auth_pb2.Client:
        """A new client."""
        return await self.staff().CreateClient(
            auth_pb2.CreateClientRequest(
                client=auth_pb2.Client(display_name="An agency", scopes=scopes),
                client_id=client_id,
                request_id=request_id(),
            )
        )

    async def client_token(self, client_id: str, secret: str, *scopes: str) -> auth_pb2.Tokens:
        """The tokens of a client."""
        return await self.anybody.IssueToken(
            auth_pb2.IssueTokenRequest(
                client_credentials=auth_pb2.ClientCredentials(client_id=client_id, client_secret=secret),
                scopes=scopes,
                request_id=request_id(),
            )
        )

    async def introspect(self, token: str) -> auth_pb2.IntrospectTokenResponse:
        """What the service says of a token."""
        return await self.staff().IntrospectToken(auth_pb2.IntrospectTokenRequest(token=token))

    async def revoke(self, token: str) -> None:
        """Ends a token."""
        await self.anybody.RevokeToken(auth_pb2.RevokeTokenRequest(token=token, request_id=request_id()))

    async def rotate(self) -> auth_pb2.Jwks:
        """Makes a new signing key."""
        return await self.staff().RotateSigningKey(auth_pb2.RotateSigningKeyRequest(request_id=request_id()))

    async def jwks(self) -> auth_pb2.Jwks:
        """The public keys."""
        return await self.anybody.GetJwks(auth_pb2.GetJwksRequest())

    def _stub(self, subject: str, *scopes: str) -> AuthServiceAsyncStub:
        return self.running.stub(AuthServiceStub, token=self.running.token(subject=subject, scopes=scopes))


def request_id() -> str:
    """A new one."""
    return str(uuid4())


def renewal(refresh_token: str, *scopes: str) -> auth_pb2.IssueTokenRequest:
    """A request for the tokens that come next."""
    return auth_pb2.IssueTokenRequest(
        refresh=auth_pb2.RefreshGrant(refresh_token=refresh_token), scopes=scopes, request_id=request_id()
    )


@pytest.fixture
async def auth(platform: StartPlatform) -> Auth:
    return Auth(await platform("auth"))
