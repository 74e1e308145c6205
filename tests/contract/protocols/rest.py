"""A client that calls methods by REST, as their contracts say: HTTP/1.1 and JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status

from chassis.policy import Method
from tests.contract.calls.world import Metadata
from tests.contract.protocols.http_rule import Binding, bindings
from tests.contract.protocols.outcome import Failed


class RestClient:
    """Calls at that address, by the method's main binding unless told otherwise."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def call(self, method: Method, request: Message, metadata: Metadata = ()) -> Any:
        """The answer, of a stream the first. Raises Failed."""
        return await self.call_by(bindings(method)[0], method, request, metadata)

    async def call_by(self, binding: Binding, method: Method, request: Message, metadata: Metadata = ()) -> Any:
        """The same, by that binding."""
        async with self._answered(binding, method, request, metadata) as response:
            if method.server_streaming:
                async with aclosing(_lines(response)) as lines:
                    return ParseDict(await anext(lines), method.response_class())
            return ParseDict(json.loads(await response.aread()), method.response_class())

    async def stream(self, method: Method, request: Message, metadata: Metadata = ()) -> AsyncGenerator[Message, None]:
        """The answers of a stream, each when its line is there. Raises Failed."""
        async with (
            self._answered(bindings(method)[0], method, request, metadata) as response,
            aclosing(_lines(response)) as lines,
        ):
            async for line in lines:
                yield ParseDict(line, method.response_class())

    @asynccontextmanager
    async def _answered(
        self, binding: Binding, method: Method, request: Message, metadata: Metadata
    ) -> AsyncIterator[httpx.Response]:
        asked = binding.request(request)
        body = [MessageToDict(request)] if method.client_streaming else asked.body
        call = self._http.stream(asked.verb, asked.path, params=asked.query, headers=list(metadata), json=body)
        async with call as response:
            if response.is_error:
                raise failed(response.status_code, await response.aread())
            yield response


def failed(http_status: int, body: bytes) -> Failed:
    """What an answer of HTTP that is no success says."""
    return Failed.of(ParseDict(json.loads(body), Status()), http_status)


async def _lines(response: httpx.Response) -> AsyncGenerator[Any, None]:
    """Each line of the body, read as JSON."""
    async for line in response.aiter_lines():
        if line:
            yield json.loads(line)
