"""Lets a caller in, or not, as the contract says of the method."""

from __future__ import annotations

from typing import Any

from chassis.context import INTERNAL, Call
from chassis.errors import platform_error
from chassis.policy import Method
from chassis.server.interceptor import Handler
from innkeeper.options.v1.options_pb2 import ACCESS_AUTHENTICATED, ACCESS_INTERNAL, ACCESS_PUBLIC


class AuthorisationInterceptor:
    """Checks access and scopes. Whose a resource is, only its service knows: it asks `Principal.may_see`."""

    def bind(self, method: Method, proceed: Handler) -> Handler:
        access, needed = method.access, method.scopes
        if access == ACCESS_PUBLIC:
            return proceed

        async def authorised(request: Any, call: Call) -> Any:
            scopes = call.principal.scopes
            if access not in (ACCESS_AUTHENTICATED, ACCESS_INTERNAL):
                raise platform_error("INTERNAL_METHOD", "the contract does not say who may call this method")
            if access == ACCESS_INTERNAL and INTERNAL not in scopes:
                raise platform_error("INTERNAL_METHOD", "this method is for services of the platform only")
            if not needed <= scopes:
                missing = " ".join(sorted(needed - scopes))
                raise platform_error("SCOPE_MISSING", f"the access token lacks: {missing}", scopes=missing)
            return await proceed(request, call)

        return authorised
