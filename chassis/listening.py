"""The ports of a process: gRPC, and HTTP where a service has something to serve by it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from chassis.addresses import joined, parted
from chassis.advertised import advertised_address
from chassis.server.lifecycle import Server
from chassis.service import Service
from chassis.settings import Settings

if TYPE_CHECKING:
    from chassis.http.server import HttpServer


class Ports:
    """Starts and drains what listens on them.

    Args:
        grpc: What serves calls.
        http: What serves an app; None where no service has one.
    """

    def __init__(self, grpc: Server, http: HttpServer | None) -> None:
        self._grpc = grpc
        self._http = http
        self._listening: list[Server | HttpServer] = []

    @property
    def address(self) -> str:
        """Where gRPC is served."""
        return self._grpc.address

    @property
    def http_address(self) -> str:
        """Where HTTP is served; empty where it is not."""
        return self._http.address if self._http is not None else ""

    async def start(self) -> None:
        """Begins to listen. Raises StartError where an address cannot be had."""
        for server in (self._grpc, self._http):
            if server is not None:
                await server.start()
                self._listening.append(server)

    async def leave(self) -> None:
        """Says that it is not serving any more, to whoever asks for its health; calls are taken as before."""
        await self._grpc.leave()

    async def drain(self) -> None:
        """Takes nothing new, lets what is in flight finish for as long as the settings say, and stops."""
        await asyncio.gather(*(server.drain() for server in self._listening))

    def advertised(self, settings: Settings) -> Callable[[Service], str]:
        """Tells where others reach a service: by gRPC, or by HTTP one that has no contract where there is HTTP; else it
        has nothing but events to take in. Raises StartError (see advertised_address)."""
        by_grpc = advertised_address(settings, self.address)
        if self._http is None:
            return lambda service: by_grpc
        by_http = joined(parted(by_grpc)[0], parted(self.http_address)[1])
        return lambda service: by_grpc if service.contract is not None else by_http
