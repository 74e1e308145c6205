"""A client that calls methods by gRPC, with nothing of the platform's own in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import grpc
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status

from chassis.errors import status_of
from chassis.policy import Method
from tests.contract.calls.world import Metadata
from tests.contract.protocols.outcome import Failed


class NativeClient:
    """Calls by that channel."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel

    async def call(self, method: Method, request: Message, metadata: Metadata = ()) -> Any:
        """The answer, of a stream the first. Raises Failed."""
        return (await self.answers(method, request, metadata, first=1))[0]

    async def answers(self, method: Method, request: Message, metadata: Metadata = (), *, first: int) -> Sequence[Any]:
        """The first so many answers. Raises Failed."""
        make: Any = {
            (False, False): self._channel.unary_unary,
            (False, True): self._channel.unary_stream,
            (True, False): self._channel.stream_unary,
        }[method.client_streaming, method.server_streaming]
        called: Any = make(
            method.path,
            request_serializer=method.request_class.SerializeToString,
            response_deserializer=method.response_class.FromString,
        )(_one(request) if method.client_streaming else request, metadata=metadata)
        try:
            if not method.server_streaming:
                return [await called]
            return [await anext(aiter(called)) for _ in range(first)]
        except grpc.aio.AioRpcError as error:
            status = status_of(error) or Status(code=error.code().value[0], message=error.details() or "")
            raise Failed.of(status) from error
        finally:
            called.cancel()


async def _one(request: Message) -> AsyncIterator[Message]:
    yield request
