"""Lets a caller in, or not, as the contract says of the method."""

from __future__ import annotations

from typing import Any

from chassis.context import INTERNAL, Call
from chassis.errors import CallFailed, platform_error
from chassis.policy import Method
from chassis.server.interceptor import Handler
from innkeeper.options.v1.options_pb2 import ACCESS_AUTHENTICATED, ACCESS_INTERNAL, ACCESS_PUBLIC


class AuthorisationInterceptor:
    """Checks access and scopes. Whose a resource is, only its service knows: it asks `Principal.may_see`."""

    def bind(self, method: Method, proceed: Handler) -> Handler:
        if method.access == ACCESS_PUBLIC:
            return proceed
        if method.access not in (ACCESS_AUTHENTICATED, ACCESS_INTERNAL):
            raise ValueError(f"{method.path}: the contract does not say who may call it")
        needed = method.scopes | {INTERNAL} if method.access == ACCESS_INTERNAL else method.scopes

        async def authorised(request: Any, call: Call) -> Any:
            if not needed <= call.principal.scopes:
                raise _refusal(needed - call.principal.scopes)
            return await proceed(request, call)

        return authorised


def _refusal(missing: frozenset[str]) -> CallFailed:
    if INTERNAL in missing:
        return platform_error("INTERNAL_METHOD", "this method is for services of the platform only")
    listed = " ".join(sorted(missing))
    return platform_error("SCOPE_MISSING", f"the access token lacks: {listed}", scopes=listed)
