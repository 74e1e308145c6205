"""A service's own access token: asked for with the service's credentials, and again before it expires."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import grpc

from innkeeper.auth.v1.auth_pb2 import ClientCredentials, IssueTokenRequest

if TYPE_CHECKING:
    from innkeeper.auth.v1.auth_pb2_grpc import AuthServiceStub

RENEWED_AT = 0.7
"""The share of its life after which a token is renewed."""

ASKED_AGAIN_AFTER = 5.0
"""Seconds after which a renewal that failed is tried again, while the token in hand is still good."""


class ServiceTokens:
    """The access tokens of one OAuth 2 client (RFC 6749 section 4.4).

    Args:
        auth: The auth service.
        client_id: The service's name.
        client_secret: What the service proves itself by.
        clock: Seconds that only ever go forward.
    """

    def __init__(
        self, auth: AuthServiceStub, client_id: str, client_secret: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._auth = auth
        self._clock = clock
        self._credentials = ClientCredentials(client_id=client_id, client_secret=client_secret)
        self._bearer = ""
        self._renew_at = self._expires_at = float("-inf")
        self._lock = asyncio.Lock()

    async def bearer(self) -> str:
        """The metadata value: `Bearer` and a token that is good for some time yet."""
        if self._clock() >= self._renew_at:
            async with self._lock:
                if self._clock() >= self._renew_at:
                    await self._renew()
        return self._bearer

    async def _renew(self) -> None:
        """Where no new token can be had, the one in hand does as long as it is good."""
        request = IssueTokenRequest(client_credentials=self._credentials, request_id=str(uuid.uuid4()))
        asked_at = self._clock()
        try:
            tokens = await self._auth.IssueToken(request)
        except grpc.aio.AioRpcError:
            if self._clock() >= self._expires_at:
                raise
            self._renew_at = self._clock() + ASKED_AGAIN_AFTER
            return
        life = tokens.expires_in.ToTimedelta().total_seconds()
        self._bearer = f"Bearer {tokens.access_token}"
        self._renew_at, self._expires_at = asked_at + RENEWED_AT * life, asked_at + life
