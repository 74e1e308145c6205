"""Keeps retries from making an outage worse, on channels whose retries the registry's routes ask for.

gRPC keeps a budget of retries by itself where they are in a service config (gRFC A6), and none where they are in
routes. This is the same budget, one for each service that is called, kept by what becomes of calls: a call that fails
with UNAVAILABLE takes as much as the tries that it was allowed, or 1 where the service wanted no other, one that
succeeds gives a little back, and below half calls go out with the header for which the routes allow one try.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import grpc

from chassis.client.interceptor import Outgoing, Send
from chassis.client.retry import ATTEMPTS, MAX_TOKENS, NO_RETRY, TOKEN_RATIO, is_final, is_retried
from chassis.policy import Method


class RetryBudget:
    """The budget of the calls to one service, as the innermost interceptor of every stub of it."""

    def __init__(self) -> None:
        self._tokens = float(MAX_TOKENS)

    def bind(self, method: Method, send: Send) -> Send:
        if not is_retried(method):
            return send

        async def within_budget(request: Any, outgoing: Outgoing) -> Any:
            tries = ATTEMPTS if self._tokens > MAX_TOKENS / 2 else 1
            if tries == 1:
                outgoing.metadata.append((NO_RETRY, "1"))
            if method.server_streaming:
                return self._counted(await send(request, outgoing), tries)
            try:
                response = await send(request, outgoing)
            except grpc.aio.AioRpcError as error:
                self._failed(error, tries)
                raise
            self._succeeded()
            return response

        return within_budget

    async def _counted(self, messages: AsyncGenerator[Any, None], tries: int) -> AsyncIterator[Any]:
        """The messages as they come. The first one decides: after it gRPC makes no further try."""
        decided = False
        async with aclosing(messages):
            try:
                async for message in messages:
                    if not decided:
                        decided = True
                        self._succeeded()
                    yield message
            except grpc.aio.AioRpcError as error:
                if not decided:
                    self._failed(error, tries)
                raise
        if not decided:
            self._succeeded()

    def _succeeded(self) -> None:
        self._tokens = min(self._tokens + TOKEN_RATIO, MAX_TOKENS)

    def _failed(self, error: grpc.aio.AioRpcError, tries: int) -> None:
        if error.code() is grpc.StatusCode.UNAVAILABLE:
            self._tokens = max(self._tokens - (1 if is_final(error) else tries), 0.0)
