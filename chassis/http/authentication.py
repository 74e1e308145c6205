"""Finds out who asks, from the access token in the header (RFC 6750)."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.context import INTERNAL, Context, current_context
from chassis.errors import platform_error
from chassis.http.exchange import header
from chassis.server.authentication import AUTHORIZATION, Verifier


class AuthenticationMiddleware:
    """Every bearer token that comes is verified, also where none is needed: a bad one is an error, not nobody.

    Credentials of other kinds, such as those of an OAuth 2 client, are for the app to look at.
    """

    def __init__(self, app: ASGIApp, verifier: Verifier) -> None:
        self._app = app
        self._verifier = verifier

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scheme, _, token = header(scope, AUTHORIZATION).partition(" ")
        if scheme.lower() == "bearer":
            if not token:
                raise platform_error("TOKEN_INVALID", "the header `Authorization` must be `Bearer` and a token")
            await sign_in(current_context(), token, self._verifier)
        await self._app(scope, receive, send)


async def sign_in(context: Context, token: str, verifier: Verifier) -> None:
    """Has what is in hand be for the one whom the token speaks for; calls to other services are made in that user's
    name. Raises CallFailed for a token that is not good."""
    context.principal = await verifier.verify(token)
    if INTERNAL not in context.principal.scopes:
        context.end_user_token = token
