"""A channel that folds our interceptors round each method, above whatever carries the call.

grpc.aio's own client interceptors cost a task and a wrapper for each layer and call; these are plain closures.
Generated stubs take this channel like any other: they only ask it for callables.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from chassis.client.interceptor import ClientInterceptor, Outgoing, Send, folded
from chassis.policy import Method


class Transport(Protocol):
    """What carries calls to one service: a socket, or the process itself."""

    def sender(self, method: Method) -> Send:
        """Returns what sends the calls of that method."""

    async def close(self) -> None:
        """Ends it; calls in flight fail."""


class Channel:
    """What generated stubs are made of.

    Args:
        method_at: The contract's method of a path.
        transport: What carries the calls.
        interceptors: Outermost first.
    """

    def __init__(
        self, method_at: Callable[[str], Method], transport: Transport, interceptors: Sequence[ClientInterceptor]
    ) -> None:
        self._method_at = method_at
        self._transport = transport
        self._interceptors = interceptors

    def unary_unary(self, path: str, *_: Any, **__: Any) -> Callable[..., Awaitable[Any]]:
        """A callable for a method with one request and one response."""
        return self._unary_response(path)

    def stream_unary(self, path: str, *_: Any, **__: Any) -> Callable[..., Awaitable[Any]]:
        """A callable for a method with a stream of requests and one response."""
        return self._unary_response(path)

    def unary_stream(self, path: str, *_: Any, **__: Any) -> Callable[..., AsyncIterator[Any]]:
        """A callable for a method with one request and a stream of responses."""
        return self._stream_response(path)

    def stream_stream(self, path: str, *_: Any, **__: Any) -> Callable[..., AsyncIterator[Any]]:
        """A callable for a method with streams both ways."""
        return self._stream_response(path)

    async def close(self) -> None:
        """Ends the channel; calls in flight fail."""
        await self._transport.close()

    def _send(self, path: str) -> Send:
        method = self._method_at(path)
        return folded(self._interceptors, method, self._transport.sender(method))

    def _unary_response(self, path: str) -> Callable[..., Awaitable[Any]]:
        send = self._send(path)

        def call(request: Any, timeout: float | None = None, metadata: Any = (), **_: Any) -> Awaitable[Any]:
            return send(request, Outgoing(timeout, [*metadata] if metadata else []))

        return call

    def _stream_response(self, path: str) -> Callable[..., AsyncIterator[Any]]:
        send = self._send(path)

        async def call(request: Any, timeout: float | None = None, metadata: Any = (), **_: Any) -> AsyncIterator[Any]:
            async with aclosing(await send(request, Outgoing(timeout, [*metadata] if metadata else []))) as messages:
                async for message in messages:
                    yield message

        return call
