"""What a client interceptor is. As on the server, the ordered list is folded once for each method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chassis.policy import Method


@dataclass(slots=True)
class Outgoing:
    """One call as it goes out. `timeout` is in seconds; `metadata` is added to by interceptors."""

    timeout: float | None
    metadata: list[tuple[str, str | bytes]]


Send = Callable[[Any, Outgoing], Awaitable[Any]]
"""Sends a request and returns the response; of a response stream it returns the stream."""


class ClientInterceptor(Protocol):
    """One concern of every call that goes out."""

    def bind(self, method: Method, send: Send) -> Send:
        """Returns what does its part round `send`, or `send` itself where it has none."""


def folded(interceptors: Sequence[ClientInterceptor], method: Method, send: Send) -> Send:
    """The sending of one method's calls with all interceptors round it."""
    for interceptor in reversed(interceptors):
        send = interceptor.bind(method, send)
    return send
