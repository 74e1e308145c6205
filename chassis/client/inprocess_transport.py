"""Carries calls to a service in the same process: the same interceptors, deadlines and errors, and no socket.

Messages are copied on their way in and out, so that neither side sees what the other does to its own. A call runs in
the caller's task; cancelling the one cancels the other, as on a socket.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextvars import copy_context
from math import inf
from typing import Any

from chassis.client.interceptor import Outgoing, Send
from chassis.context import CURRENT, Call
from chassis.errors import CallFailed
from chassis.policy import Method
from chassis.server.endpoint import Endpoint


class InProcessTransport:
    """Calls the endpoints of this process.

    Args:
        endpoint_at: The endpoint of a path, looked up at the first call, when all services are there.
    """

    def __init__(self, endpoint_at: Callable[[str], Endpoint]) -> None:
        self._endpoint_at = endpoint_at

    def sender(self, method: Method) -> Send:
        streaming = method.server_streaming
        endpoint: Endpoint | None = None

        async def send(request: Any, outgoing: Outgoing) -> Any:
            nonlocal endpoint
            if endpoint is None:
                endpoint = self._endpoint_at(method.path)
            call = Call(
                method=endpoint.method,
                metadata=dict(outgoing.metadata),  # type: ignore[arg-type]
                deadline=inf if outgoing.timeout is None else time.monotonic() + outgoing.timeout,
                cut_off=inf,
                peer=_peer,
                nested=isinstance(CURRENT.get(), Call),
            )
            received = _copies(request) if method.client_streaming else _copy(request)
            if streaming:
                return _stream(endpoint, received, call)
            try:
                return _copy(await endpoint.handle(received, call))
            except CallFailed as failed:
                raise failed.as_seen_by_client() from None

        return send

    async def close(self) -> None:
        """There is nothing to close."""


def _peer() -> str:
    return "in-process"


def _copy(message: Any) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy


async def _copies(messages: Any) -> AsyncIterator[Any]:
    if hasattr(messages, "__aiter__"):
        async for message in messages:
            yield _copy(message)
    else:
        for message in messages:
            yield _copy(message)


async def _stream(endpoint: Endpoint, request: Any, call: Call) -> AsyncIterator[Any]:
    """The responses as they are written. One may wait to be read, so that a slow reader holds the writer back; whoever
    stops reading ends the call."""
    written: asyncio.Queue[Any] = asyncio.Queue()
    room = asyncio.Semaphore(1)
    end = object()

    async def write(message: Any) -> None:
        await room.acquire()
        written.put_nowait(_copy(message))

    async def run() -> None:
        try:
            await endpoint.handle(request, call)
        finally:
            written.put_nowait(end)

    call.write = write
    task = asyncio.get_running_loop().create_task(run(), context=copy_context())
    try:
        while (message := await written.get()) is not end:
            room.release()
            yield message
        await task
    except CallFailed as failed:
        raise failed.as_seen_by_client() from None
    finally:
        task.add_done_callback(_noted)
        task.cancel()


def _noted(task: asyncio.Task[None]) -> None:
    """How a call ended that nobody waits for any more is of interest to the server's own log alone."""
    if not task.cancelled():
        task.exception()
