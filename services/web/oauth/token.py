"""The token endpoint (RFC 6749 section 3.2)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from innkeeper.auth.v1.auth_pb2 import (
    AuthorizationCodeGrant,
    ClientCredentials,
    IssueTokenRequest,
    RefreshGrant,
    Tokens,
)
from services.web.oauth.client_authentication import Claimed, claimed
from services.web.oauth.oauth_error import NO_STORE, OAuthError, invalid_client, invalid_request
from services.web.oauth.parameters import Parameters

if TYPE_CHECKING:
    from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub

NEEDED: Final = {
    "authorization_code": ("code", "redirect_uri", "code_verifier"),
    "client_credentials": (),
    "refresh_token": ("refresh_token",),
}
"""The parameters that each grant needs, beside the client's."""


class Token:
    """Gives tokens for a grant."""

    def __init__(self, auth: AuthServiceStub) -> None:
        self._auth = auth

    async def answer(self, request: Request) -> Response:
        """The tokens as JSON (RFC 6749 section 5.1). Raises OAuthError, or the AioRpcError of the auth service."""
        parameters = await Parameters.of_form(request)
        client = claimed(request, parameters)
        tokens = await self._auth.IssueToken(_asked(parameters, client))
        return JSONResponse(_shown(tokens), headers=NO_STORE)


def _asked(parameters: Parameters, client: Claimed) -> IssueTokenRequest:
    grant_type = parameters["grant_type"]
    if not grant_type:
        raise invalid_request("grant_type is missing")
    if grant_type not in NEEDED:
        raise OAuthError("unsupported_grant_type", f"grant_type must be one of {', '.join(NEEDED)}")
    missing = [name for name in NEEDED[grant_type] if not parameters[name]]
    if missing:
        raise invalid_request(f"missing: {', '.join(missing)}")
    asked = IssueTokenRequest(scopes=parameters.scopes, request_id=str(uuid.uuid4()))
    if grant_type == "refresh_token":
        refresh_token = parameters["refresh_token"]
        asked.refresh.CopyFrom(
            RefreshGrant(refresh_token=refresh_token, client_id=client.client_id, client_secret=client.secret)
        )
        return asked
    if not client.client_id:
        raise invalid_client()
    if grant_type == "authorization_code":
        asked.authorization_code.CopyFrom(
            AuthorizationCodeGrant(
                code=parameters["code"],
                redirect_uri=parameters["redirect_uri"],
                code_verifier=parameters["code_verifier"],
                client_id=client.client_id,
                client_secret=client.secret,
            )
        )
    else:
        asked.client_credentials.CopyFrom(ClientCredentials(client_id=client.client_id, client_secret=client.secret))
    return asked


def _shown(tokens: Tokens) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "access_token": tokens.access_token,
        "token_type": tokens.token_type,
        "expires_in": tokens.expires_in.seconds,
        "scope": " ".join(tokens.scopes),
    }
    if tokens.refresh_token:
        shown["refresh_token"] = tokens.refresh_token
    return shown
