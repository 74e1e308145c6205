"""The introspection endpoint (RFC 7662), for clients that are registered for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.context import principal
from innkeeper.auth.v1.auth_pb2 import IntrospectTokenRequest, IntrospectTokenResponse
from services.web.oauth.client_authentication import ClientAuthentication, claimed
from services.web.oauth.oauth_error import NO_STORE, insufficient_scope, invalid_request
from services.web.oauth.parameters import Parameters

if TYPE_CHECKING:
    from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub

SCOPE: Final = "tokens.introspect"


class Introspect:
    """Tells what a token says. The caller proves itself as a client, or by an access token with the scope, which costs
    less where much is asked."""

    def __init__(self, auth: AuthServiceStub, clients: ClientAuthentication) -> None:
        self._auth = auth
        self._clients = clients

    async def answer(self, request: Request) -> Response:
        """`{"active": false}`, or what the token says. Raises OAuthError, or the AioRpcError of the auth service."""
        parameters = await Parameters.of_form(request)
        client = claimed(request, parameters)
        if not principal().subject:
            await self._clients.require(client, SCOPE)
        elif SCOPE not in principal().scopes:
            raise insufficient_scope(SCOPE)
        if not parameters["token"]:
            raise invalid_request("token is missing")
        said = await self._auth.IntrospectToken(IntrospectTokenRequest(token=parameters["token"]))
        return JSONResponse(_shown(said), headers=NO_STORE)


def _shown(said: IntrospectTokenResponse) -> dict[str, Any]:
    """By RFC 7662 section 2.2, without what there is nothing to say of."""
    if not said.active:
        return {"active": False}
    shown: dict[str, Any] = {
        "active": True,
        "scope": " ".join(said.scopes),
        "client_id": said.client_id,
        "sub": said.subject,
        "aud": list(said.audience),
        "iss": said.issuer,
        "exp": said.expire_time.seconds,
    }
    if said.token_type == "access_token":  # noqa: S105, a kind of token
        shown |= {"token_type": "Bearer", "iat": said.issue_time.seconds, "jti": said.jti}
    return shown
