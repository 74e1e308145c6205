"""Hands the request and its id to the unit of work, which stores the answer in the same transaction as the effect."""

from __future__ import annotations

from typing import Any

from chassis.context import Call
from chassis.policy import Method
from chassis.server.interceptor import Handler

FIELD = "request_id"


class IdempotencyInterceptor:
    """Half of idempotency; the other half is `Database.command`."""

    def bind(self, method: Method, proceed: Handler) -> Handler:
        if not takes_request_id(method):
            return proceed

        async def keyed(request: Any, call: Call) -> Any:
            call.request = request
            call.request_id = request.request_id.lower()
            return await proceed(request, call)

        return keyed


def takes_request_id(method: Method) -> bool:
    """Whether one request id stands for the call. The messages of a stream each have their own."""
    return not method.client_streaming and method.mutating and FIELD in method.request_class.DESCRIPTOR.fields_by_name
