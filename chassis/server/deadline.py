"""Holds a call to its deadline: the caller's, or the method's own where that is sooner. A stream for somebody outside
ends with the access token at the latest; services of the platform get new tokens by themselves."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from chassis.context import INTERNAL, Call
from chassis.errors import platform_error
from chassis.policy import Method
from chassis.server.interceptor import Handler

SOON = 0.02
"""Seconds after the deadline at which the transport's own end of the call will do. Callers who give a call all the time
that the contract does are the most, and gRPC sends their time rounded up; a second clock would cost each call 5 µs."""


class DeadlineInterceptor:
    """Stops work that nobody waits for any more, where the transport does not do so by itself."""

    def bind(self, method: Method, proceed: Handler) -> Handler:
        longest, streaming = method.deadline, method.server_streaming

        async def in_time(request: Any, call: Call) -> Any:
            now = time.monotonic()
            call.deadline = min(call.deadline, now + longest)
            if streaming and INTERNAL not in call.principal.scopes:
                call.deadline = min(call.deadline, now + call.principal.expire_time - time.time())
            remaining = call.deadline - now
            if remaining <= 0:
                raise platform_error("DEADLINE_PASSED", "the deadline had passed when the call came")
            if call.deadline + SOON >= call.cut_off:
                return await proceed(request, call)
            async with asyncio.timeout(remaining):
                return await proceed(request, call)

        return in_time
