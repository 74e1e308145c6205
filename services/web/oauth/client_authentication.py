"""Which client asks, and how it proves that (RFC 6749 section 2.3)."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from grpc.aio import AioRpcError
from starlette.requests import Request

from chassis.errors import reason_of
from innkeeper.auth.v1.auth_pb2 import ClientCredentials, IssueTokenRequest
from services.web.oauth.oauth_error import insufficient_scope, invalid_client, invalid_request
from services.web.oauth.parameters import Parameters

if TYPE_CHECKING:
    from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a request says of its client, not proved yet. Both are empty where it says nothing; a public client says no
    secret."""

    client_id: str = ""
    secret: str = field(default="", repr=False)


def claimed(request: Request, parameters: Parameters) -> Claimed:
    """The client by the header, or by the parameters `client_id` and `client_secret`. Raises OAuthError."""
    if parameters.repeated:
        raise invalid_request("a parameter is repeated")
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    posted = Claimed(parameters["client_id"], parameters["client_secret"])
    if scheme.lower() != "basic":
        return posted
    named = _basic(encoded)
    if posted.secret or posted.client_id not in ("", named.client_id):
        raise invalid_request("the client authenticates in two ways: use one")
    return named


def _basic(encoded: str) -> Claimed:
    """The two form-encoded halves (RFC 6749 section 2.3.1, RFC 7617)."""
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        found = Claimed(unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict"))
    except ValueError:
        raise invalid_client() from None
    if not (colon and found.client_id and found.secret):
        raise invalid_client()
    return found


class ClientAuthentication:
    """Has the auth service say whether a client is the one that it claims to be."""

    def __init__(self, auth: AuthServiceStub) -> None:
        self._auth = auth

    async def require(self, client: Claimed, scope: str) -> None:
        """Raises OAuthError, or the AioRpcError of the auth service, unless the client proves itself and is registered
        for that scope."""
        if not (client.client_id and client.secret):
            raise invalid_client()
        credentials = ClientCredentials(client_id=client.client_id, client_secret=client.secret)
        request = IssueTokenRequest(client_credentials=credentials, scopes=[scope], request_id=str(uuid.uuid4()))
        try:
            await self._auth.IssueToken(request)
        except AioRpcError as error:
            if reason_of(error) == "SCOPE_NOT_GRANTED":
                raise insufficient_scope(scope) from None
            raise
