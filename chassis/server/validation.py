"""Holds every request message to the rules of the contract."""

from __future__ import annotations

from typing import Any

from chassis.context import Call
from chassis.policy import Method
from chassis.server.interceptor import Handler
from chassis.server.unreadable import require_readable
from chassis.validation import checker


class ValidationInterceptor:
    """A message that breaks a rule never reaches the service; the answer names each field that does.

    A stream is another matter: whoever reads it checks each message, and decides whether one that breaks a rule ends
    the call or is only left out.
    """

    def bind(self, method: Method, proceed: Handler) -> Handler:
        check = checker(method.request_class)

        async def validated(request: Any, call: Call) -> Any:
            require_readable(request, method.request_class)
            check(request)
            return await proceed(request, call)

        return proceed if method.client_streaming else validated
