"""Calls again where a service says that the call got in another's way and when to come back (ABORTED with RetryInfo).

What a transport may retry, UNAVAILABLE, is retried by gRPC itself: never two layers of retry for one cause.
"""

from __future__ import annotations

import asyncio
import time
from math import inf
from typing import Any

import grpc
from google.rpc.error_details_pb2 import RetryInfo

from chassis.client.interceptor import Outgoing, Send
from chassis.client.retry import is_final
from chassis.errors import detail_of
from chassis.policy import Method

TRIES = 3


class ConflictInterceptor:
    """At most three tries in the time that the call has, of methods that may be repeated."""

    def bind(self, method: Method, send: Send) -> Send:
        if not method.idempotent or method.client_streaming:
            return send

        async def again_if_aborted(request: Any, outgoing: Outgoing) -> Any:
            begun, timeout = time.monotonic(), inf if outgoing.timeout is None else outgoing.timeout
            for _ in range(TRIES - 1):
                try:
                    return await send(request, Outgoing(outgoing.timeout, [*outgoing.metadata]))
                except grpc.aio.AioRpcError as error:
                    delay = _retry_delay(error)
                    left = begun + timeout - time.monotonic()
                    if delay is None or delay >= left:
                        raise
                    await asyncio.sleep(delay)
                    outgoing.timeout = None if left == inf else left - delay
            return await send(request, outgoing)

        return again_if_aborted


def _retry_delay(error: grpc.aio.AioRpcError) -> float | None:
    """Seconds after which to try again; None where the service does not invite to, or hands on what another says."""
    if error.code() is not grpc.StatusCode.ABORTED or is_final(error):
        return None
    info = detail_of(error, RetryInfo)
    return None if info is None else info.retry_delay.ToTimedelta().total_seconds()
