"""A service's own access token: asked for with the service's credentials, and again before it expires."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import TYPE_CHECKING

from innkeeper.auth.v1.auth_pb2 import ClientCredentials, IssueTokenRequest

if TYPE_CHECKING:
    from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub

RENEWED_AT = 0.7
"""The share of its life after which a token is renewed."""


class ServiceTokens:
    """The access tokens of one OAuth 2 client (RFC 6749 section 4.4).

    Args:
        auth: The auth service.
        client_id: The service's name.
        client_secret: What the service proves itself by.
    """

    def __init__(self, auth: AuthServiceStub, client_id: str, client_secret: str) -> None:
        self._auth = auth
        self._credentials = ClientCredentials(client_id=client_id, client_secret=client_secret)
        self._bearer = ""
        self._renew_at = 0.0
        self._lock = asyncio.Lock()

    async def bearer(self) -> str:
        """The metadata value: `Bearer` and a token that is good for some time yet."""
        if time.monotonic() >= self._renew_at:
            async with self._lock:
                if time.monotonic() >= self._renew_at:
                    await self._renew()
        return self._bearer

    async def _renew(self) -> None:
        request = IssueTokenRequest(client_credentials=self._credentials, request_id=str(uuid.uuid4()))
        tokens = await self._auth.IssueToken(request)
        self._bearer = f"Bearer {tokens.access_token}"
        self._renew_at = time.monotonic() + RENEWED_AT * tokens.expires_in.ToTimedelta().total_seconds()
