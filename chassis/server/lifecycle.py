"""A gRPC server from its first call to its last: health, reflection, channelz, and the drain."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import grpc
from grpc_channelz.v1 import channelz, channelz_pb2_grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_health.v1.health import OVERALL_HEALTH
from grpc_health.v1.health import SERVICE_NAME as HEALTH
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from chassis.addresses import joined
from chassis.errors import StartError
from chassis.security.transport_security import TransportSecurity
from chassis.server.backlog import Backlog
from chassis.server.endpoint import Endpoint
from chassis.server.grpc_transport import rpc_handler
from chassis.settings import Settings

Status = health_pb2.HealthCheckResponse
BATCH_OF_EVENTS = 2 * 1024 * 1024
"""Bytes that may come beside the largest event, with the batch that it is in."""

INFRASTRUCTURE = (HEALTH, reflection.SERVICE_NAME, "grpc.channelz.v1.Channelz")


class Server:
    """Serves endpoints on one port.

    Args:
        endpoints: Every method by its path.
        settings: Address, limits, and how long to drain.
        others: Protocols of others, served on the same port.
        security: The certificate that the port is served with, to clients that have one too; None for one without TLS.
        door: Sees each call before its handler does.
        reflected: Contracts that reflection tells of besides those that are served here.
    """

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        settings: Settings,
        others: Sequence[grpc.GenericRpcHandler] = (),
        security: TransportSecurity | None = None,
        door: grpc.GenericRpcHandler | None = None,
        reflected: Iterable[str] = (),
    ) -> None:
        self._settings = settings
        self._security = security
        self.services = sorted({endpoint.method.service for endpoint in endpoints.values()})
        self._health = health.aio.HealthServicer()
        self._server = grpc.aio.server(options=_options(settings))
        self.backlog = Backlog()
        handlers: dict[str, dict[str, grpc.RpcMethodHandler]] = {}  # type: ignore[type-arg]
        for endpoint in endpoints.values():
            handlers.setdefault(endpoint.method.service, {})[endpoint.method.name] = rpc_handler(endpoint)
        self._server.add_generic_rpc_handlers(
            (
                self.backlog,
                *([door] if door is not None else []),
                *(grpc.method_handlers_generic_handler(service, methods) for service, methods in handlers.items()),
                *others,
            )
        )
        of_others = cast(grpc.aio.Server, _Unregistered(self._server))
        health_pb2_grpc.add_HealthServicer_to_server(self._health, of_others)
        channelz_pb2_grpc.add_ChannelzServicer_to_server(channelz.aio.ChannelzServicer(), of_others)
        names = sorted({*self.services, *INFRASTRUCTURE, *reflected})
        reflecting = reflection.aio.ReflectionServicer(names)
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(reflecting, of_others)  # type: ignore[no-untyped-call]
        self.address = ""

    async def start(self) -> None:
        """Begins to listen. Raises StartError where the address cannot be had."""
        host, port = self._settings.host, self._settings.port
        try:
            if self._security is None:
                bound = self._server.add_insecure_port(joined(host, port))
            else:
                bound = self._server.add_secure_port(joined(host, port), self._security.server_credentials())
        except RuntimeError:
            raise StartError(
                f"INNKEEPER_PORT={port}: {joined(host, port)} cannot be listened on (is it taken?);"
                " choose another port, or 0 for a free one"
            ) from None
        self.address = joined(host, bound)
        await self._server.start()
        await self._tell((OVERALL_HEALTH, *self.services), Status.SERVING)

    async def leave(self) -> None:
        """Says that it is not serving any more, to whoever asks for its health; calls are taken as before."""
        await self._health.enter_graceful_shutdown()

    async def drain(self) -> None:
        """Takes no new calls, lets those in flight finish for as long as the settings say, and stops."""
        await self.leave()
        self.backlog.end()
        await self._server.stop(self._settings.drain_seconds)

    async def _tell(self, services: Sequence[str], status: int) -> None:
        await asyncio.gather(*(self._health.set(service, status) for service in services))


class _Unregistered:
    """Stands in for a server, for generated code that adds a servicer, and keeps it from registering the methods: gRPC
    finds those by itself, and the calls would pass by whoever stands first among the handlers, such as the backlog."""

    def __init__(self, server: grpc.aio.Server) -> None:
        self.add_generic_rpc_handlers = server.add_generic_rpc_handlers

    def add_registered_method_handlers(self, *_: object) -> None:
        """Does nothing."""


def _options(settings: Settings) -> list[tuple[str, int]]:
    largest = max(settings.max_message_bytes, settings.max_event_bytes + BATCH_OF_EVENTS)
    return [
        ("grpc.so_reuseport", 0),  # two servers on one port are a mistake here, and must not look like success
        ("grpc.max_receive_message_length", largest),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.max_metadata_size", 32 * 1024),
    ]
