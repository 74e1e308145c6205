"""Gives each call the rest of the caller's own time, less a margin to answer in."""

from __future__ import annotations

from typing import Any

from chassis.client.interceptor import Outgoing, Send
from chassis.context import CURRENT
from chassis.errors import platform_error
from chassis.policy import Method

MARGIN = 0.02
"""Seconds kept back, so that a call that runs out still ends with an answer of ours."""


class DeadlineInterceptor:
    """The soonest of: what the caller of the stub says, what the contract says of the method, what is left of the call
    in hand."""

    def bind(self, method: Method, send: Send) -> Send:
        longest = method.deadline

        async def in_time(request: Any, outgoing: Outgoing) -> Any:
            timeout = longest if outgoing.timeout is None else min(outgoing.timeout, longest)
            call = CURRENT.get()
            if call is not None:
                timeout = min(timeout, call.remaining() - MARGIN)
                if timeout <= 0:
                    raise platform_error(
                        "DEADLINE_PASSED", "no time is left to call another service"
                    ).as_seen_by_client()
            outgoing.timeout = timeout
            return await send(request, outgoing)

        return in_time
