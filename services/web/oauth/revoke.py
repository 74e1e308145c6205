"""The revocation endpoint (RFC 7009)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from innkeeper.auth.v1.auth_pb2 import RevokeTokenRequest
from services.web.oauth.client_authentication import claimed
from services.web.oauth.oauth_error import NO_STORE, invalid_request
from services.web.oauth.parameters import Parameters

if TYPE_CHECKING:
    from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub


class Revoke:
    """Takes tokens back."""

    def __init__(self, auth: AuthServiceStub) -> None:
        self._auth = auth

    async def answer(self, request: Request) -> Response:
        """200 and nothing more, whether there was such a token or not; `token_type_hint` changes nothing, since a token
        tells its own type. Raises OAuthError, or the AioRpcError of the auth service."""
        parameters = await Parameters.of_form(request)
        client = claimed(request, parameters)
        if not parameters["token"]:
            raise invalid_request("token is missing")
        await self._auth.RevokeToken(
            RevokeTokenRequest(
                token=parameters["token"],
                client_id=client.client_id,
                client_secret=client.secret,
                request_id=str(uuid.uuid4()),
            )
        )
        return Response(headers=NO_STORE)
