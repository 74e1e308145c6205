"""Sends a service's own token with each call, and the end user's along with it."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Protocol

from chassis.client.interceptor import Outgoing, Send
from chassis.context import CURRENT
from chassis.errors import platform_error
from chassis.policy import Method
from chassis.server.authentication import AUTHORIZATION, END_USER
from innkeeper.options.v1.options_pb2 import ACCESS_PUBLIC


class TokenSource(Protocol):
    """Gives an access token that is good now."""

    async def bearer(self) -> str:
        """The metadata value: `Bearer` and the token."""


class CredentialsInterceptor:
    """Public methods are called without a token. To get one is part of the call, and of the time that it has."""

    def __init__(self, tokens: TokenSource) -> None:
        self._tokens = tokens

    def bind(self, method: Method, send: Send) -> Send:
        if method.access == ACCESS_PUBLIC:
            return send
        tokens = self._tokens

        async def with_token(request: Any, outgoing: Outgoing) -> Any:
            begun = time.monotonic()
            try:
                async with asyncio.timeout(outgoing.timeout):
                    bearer = await tokens.bearer()
            except TimeoutError:
                raise platform_error("DEADLINE_PASSED", "no token was to be had in time").as_seen_by_client() from None
            if outgoing.timeout is not None:
                outgoing.timeout -= time.monotonic() - begun
            outgoing.metadata.append((AUTHORIZATION, bearer))
            call = CURRENT.get()
            if call is not None and call.end_user_token:
                outgoing.metadata.append((END_USER, call.end_user_token))
            return await send(request, outgoing)

        return with_token
