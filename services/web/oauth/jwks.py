"""The public keys that verify access tokens (RFC 7517)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.json_format import MessageToDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.http.exchange import answer_of
from innkeeper.auth.v1.auth_pb2 import GetJwksRequest

if TYPE_CHECKING:
    from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub

KEPT = 60
"""Seconds for which whoever asked may keep the keys. A key is published long before it signs."""


class Jwks:
    """Asks the auth service each time."""

    def __init__(self, auth: AuthServiceStub) -> None:
        self._auth = auth

    async def answer(self, request: Request) -> Response:
        """The key set, whose members are named as in the contract."""
        answer_of(request.scope).is_routine = True
        keys = MessageToDict(await self._auth.GetJwks(GetJwksRequest()), preserving_proto_field_name=True)
        return JSONResponse(
            keys, headers={"Cache-Control": f"public, max-age={KEPT}"}, media_type="application/jwk-set+json"
        )
