"""One client on its discovery stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from envoy.config.core.v3.base_pb2 import Node
from envoy.service.discovery.v3.discovery_pb2 import DiscoveryRequest, DiscoveryResponse

from services.registry.xds.resource import CLUSTER, ENDPOINTS, TYPE_URLS
from services.registry.xds.subscription import Subscription
from services.registry.xds.view import View

MOST_NAMES = 4000
"""Resources of a type that a client may ask for by name: far more than the largest platform has."""


class TooManyNames(Exception):
    """A client asks for more than there can be."""


class Source(Protocol):
    """Where a stream has its news from, and whom it tells what the client says."""

    def view(self, node: Node) -> tuple[View, str]:
        """The mesh as that client is to see it now, and the version."""

    def rejected(self, node: Node, type_url: str, reason: str) -> None:
        """The client did not accept what it was sent."""


class DiscoveryStream:
    """Sends a client what it asks for, and what differs of that after each change.

    There is no queue: a client that reads slowly gets, once it has taken in one response, what is true by then.
    """

    def __init__(self, source: Source, send: Callable[[DiscoveryResponse], Awaitable[None]]) -> None:
        self.node = Node()
        self._source = source
        self._send = send
        self._subscriptions = {type_url: Subscription(type_url) for type_url in TYPE_URLS}
        self._news = asyncio.Event()
        self._over = asyncio.Event()

    def changed(self) -> None:
        """The mesh is not what it was."""
        self._news.set()

    def end(self) -> None:
        """Ends the stream, whether the client reads or not."""
        self._over.set()

    async def serve(self, requests: AsyncIterator[DiscoveryRequest]) -> None:
        """Returns when the client hangs up, or at `end`. Raises TooManyNames."""
        parts = [asyncio.ensure_future(part) for part in (self._listen(requests), self._tell(), self._over.wait())]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in parts:
                if part.done():
                    part.result()
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _listen(self, requests: AsyncIterator[DiscoveryRequest]) -> None:
        async for request in requests:
            if request.HasField("node"):
                self.node = request.node
            if request.type_url not in self._subscriptions:
                continue
            if len(request.resource_names) > MOST_NAMES:
                raise TooManyNames(f"{len(request.resource_names)} names, more than {MOST_NAMES}")
            if request.HasField("error_detail"):
                self._source.rejected(self.node, request.type_url, request.error_detail.message)
            self._subscriptions[request.type_url].take(request)
            self._news.set()

    async def _tell(self) -> None:
        """Sends first what is referred to, then what refers to it, and only then that a cluster has no endpoint any
        more: by then no route leads there, if there is another way. What changes meanwhile is for the next round."""
        while True:
            await self._news.wait()
            self._news.clear()
            view, version = self._source.view(self.node)
            for type_url, subscription in self._subscriptions.items():
                await self._tell_of(subscription, view, version, keeping=type_url == ENDPOINTS)
            await self._tell_of(self._subscriptions[ENDPOINTS], view, version, keeping=False)

    async def _tell_of(self, subscription: Subscription, view: View, version: str, *, keeping: bool) -> None:
        news = subscription.response(view, version, but=view.deserted if keeping else lambda name: False)
        if news is None:
            return
        response, renewed = news
        if subscription.type_url == CLUSTER:  # Envoy takes up a changed cluster only with its endpoints, sent after it
            self._subscriptions[ENDPOINTS].forget(renewed)
        await self._send(response)
