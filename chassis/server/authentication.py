"""Finds out who calls, from the access token in the metadata (RFC 6750)."""

from __future__ import annotations

from typing import Any, Protocol

from chassis.context import INTERNAL, NOBODY, Call, Principal
from chassis.errors import platform_error
from chassis.policy import Method
from chassis.server.interceptor import Handler
from innkeeper.options.v1.options_pb2 import ACCESS_PUBLIC

AUTHORIZATION = "authorization"
END_USER = "x-innkeeper-end-user"
"""The end user's access token, which a service sends along with its own when it calls for that user."""


class Verifier(Protocol):
    """Tells whom an access token speaks for."""

    def remembered(self, token: str) -> Principal | None:
        """Whom a token speaks for that was verified before, and is good still."""

    async def verify(self, token: str) -> Principal:
        """Whom the token speaks for. Raises CallFailed for a token that is not good."""


class AuthenticationInterceptor:
    """Every token that comes is verified, also where none is needed: a bad one is an error, not nobody."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    def bind(self, method: Method, proceed: Handler) -> Handler:
        remembered, verify = self._verifier.remembered, self._verifier.verify
        public = method.access == ACCESS_PUBLIC

        async def authenticated(request: Any, call: Call) -> Any:
            header = call.metadata.get(AUTHORIZATION)
            if header is None:
                if not public:
                    raise platform_error("TOKEN_MISSING", "send an access token: metadata `authorization: Bearer …`")
                call.principal = NOBODY
                return await proceed(request, call)
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer" or not token:
                raise platform_error("TOKEN_INVALID", "the metadata `authorization` must be `Bearer` and a token")
            caller = remembered(token) or await verify(token)
            end_user_token = call.metadata.get(END_USER)
            if end_user_token and INTERNAL in caller.scopes:
                user = await verify(end_user_token)
                caller = Principal(
                    subject=caller.subject,
                    user=user.user or user.subject,
                    scopes=caller.scopes,
                    user_scopes=user.scopes,
                    expire_time=min(caller.expire_time, user.expire_time),
                )
                call.end_user_token = end_user_token
            elif INTERNAL not in caller.scopes:
                call.end_user_token = token
            call.principal = caller
            return await proceed(request, call)

        return authenticated
