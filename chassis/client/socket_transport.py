"""Carries calls over a socket, by grpc.aio."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from chassis.client.interceptor import Outgoing, Send
from chassis.client.retry import ATTEMPTS, FIRST_BACKOFF, LONGEST_BACKOFF, MAX_TOKENS, TOKEN_RATIO, is_retried
from chassis.policy import Method
from chassis.security.transport_security import TransportSecurity

HEALTHY_WITHIN = 1.0
"""Seconds that a service has to say how it is."""

XDS = "xds:///"
"""What the target of a service begins with that the registry knows the way to."""


class SocketTransport:
    """One long-lived channel to one service.

    Args:
        target: A gRPC target, such as `127.0.0.1:7000` or `xds:///hotels`. By the latter the registry says what is
            retried, and a call waits, as long as its deadline lets it, for an instance to be there.
        methods: The methods that the service config is made for, of a target of the former kind.
        service: Whom the channel is to. With `security` the other side has to prove to be that service, wherever it is.
        security: The process' certificate; None for a channel without TLS.
    """

    def __init__(
        self, target: str, methods: Iterable[Method], *, service: str = "", security: TransportSecurity | None = None
    ) -> None:
        self._by_registry = target.startswith(XDS)
        options: list[tuple[str, str | int]] = [
            *([] if self._by_registry else [("grpc.service_config", service_config(methods))]),
            ("grpc.enable_retries", 1),
            ("grpc.keepalive_time_ms", 60_000),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 5_000),
        ]
        if security is None:
            self._channel = grpc.aio.insecure_channel(target, options=options)
        else:  # the name that the certificate is checked for; that of `xds:///hotels` is `hotels` by itself
            options.append(("grpc.default_authority", service))
            self._channel = grpc.aio.secure_channel(target, security.channel_credentials(), options=options)

    def sender(self, method: Method) -> Send:
        kinds: dict[tuple[bool, bool], Any] = {
            (False, False): self._channel.unary_unary,
            (False, True): self._channel.unary_stream,
            (True, False): self._channel.stream_unary,
            (True, True): self._channel.stream_stream,
        }
        call = kinds[method.client_streaming, method.server_streaming](
            method.path,
            request_serializer=method.request_class.SerializeToString,
            response_deserializer=method.response_class.FromString,
        )

        async def send(request: Any, outgoing: Outgoing) -> Any:
            started = call(
                request, timeout=outgoing.timeout, metadata=outgoing.metadata, wait_for_ready=self._by_registry
            )
            return _stream(started) if method.server_streaming else await started

        return send

    async def reached(self) -> None:
        """Returns when there is a connection, and tries for one until then."""
        await self._channel.channel_ready()

    async def unready(self, contract: str) -> str:
        """Why the other side takes no calls of that contract now, or, where it is empty, none at all; empty where it
        does. Asked by the gRPC health checking protocol, with a second to answer."""
        check: Any = self._channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=HealthCheckRequest.SerializeToString,
            response_deserializer=HealthCheckResponse.FromString,
        )
        try:
            answer = await check(HealthCheckRequest(service=contract), timeout=HEALTHY_WITHIN)
        except grpc.aio.AioRpcError as error:
            return error.code().name  # no more: the details name addresses, and whoever asks may be anybody
        status = HealthCheckResponse.ServingStatus.Name(answer.status)
        return "" if answer.status == HealthCheckResponse.SERVING else status

    def connect(self) -> None:
        """Begins to connect, so that the first call finds the way."""
        self._channel.get_state(try_to_connect=True)

    async def close(self) -> None:
        await self._channel.close()


async def _stream(call: Any) -> AsyncIterator[Any]:
    """The responses as they come. Whoever stops reading ends the call."""
    try:
        async for message in call:
            yield message
    finally:
        call.cancel()


def service_config(methods: Iterable[Method]) -> str:
    """gRPC's own retries (gRFC A6), for the methods that the contract calls safe to repeat, within a budget."""
    retried = [{"service": method.service, "method": method.name} for method in methods if is_retried(method)]
    policy = {
        "maxAttempts": ATTEMPTS,
        "initialBackoff": f"{FIRST_BACKOFF}s",
        "maxBackoff": f"{LONGEST_BACKOFF}s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    return json.dumps(
        {
            "methodConfig": [{"name": retried, "retryPolicy": policy}] if retried else [],
            "retryThrottling": {"maxTokens": MAX_TOKENS, "tokenRatio": TOKEN_RATIO},
        }
    )
