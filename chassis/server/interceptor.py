"""What a server interceptor is, and how the list of them is folded.

The interceptors of a service are data: an ordered list, outermost first. The list is folded once for each method,
when the server is made; what an interceptor needs to know of the method is looked up then, and a call only runs
closures. All four kinds of RPC have the same shape here: a response stream is sent by `call.write`, and the answer
is then None.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from chassis.context import Call
from chassis.policy import Method

Handler = Callable[[Any, Call], Awaitable[Any]]
"""Answers a request, which is a message, or an asynchronous iterator of messages where the client streams."""


class ServerInterceptor(Protocol):
    """One concern of every call."""

    def bind(self, method: Method, proceed: Handler) -> Handler:
        """Returns a handler of that method which does its part around `proceed`, or `proceed` itself where it has
        none."""


def folded(interceptors: Sequence[ServerInterceptor], method: Method, handler: Handler) -> Handler:
    """The handler with all interceptors around it."""
    for interceptor in reversed(interceptors):
        handler = interceptor.bind(method, handler)
    return handler
