"""One channel to all services, though each is somewhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc


class ChannelByService(grpc.Channel):
    """Leads each call to the channel of the service that it is for: those of `/innkeeper.booking.v1.…` to `booking`.

    Args:
        open_channel: Opens the channel to a service; called once for each, when the first call comes.
    """

    def __init__(self, open_channel: Callable[[str], grpc.Channel]) -> None:
        self._open = open_channel
        self._channels: dict[str, grpc.Channel] = {}

    def unary_unary(self, method: str, *arguments: Any, **options: Any) -> Any:
        return self._to(method).unary_unary(method, *arguments, **options)

    def unary_stream(self, method: str, *arguments: Any, **options: Any) -> Any:
        return self._to(method).unary_stream(method, *arguments, **options)

    def stream_unary(self, method: str, *arguments: Any, **options: Any) -> Any:
        return self._to(method).stream_unary(method, *arguments, **options)

    def stream_stream(self, method: str, *arguments: Any, **options: Any) -> Any:
        return self._to(method).stream_stream(method, *arguments, **options)

    def subscribe(self, callback: Any, try_to_connect: bool | None = None) -> None:
        """There is no one state of several channels. Raises NotImplementedError."""
        raise NotImplementedError

    def unsubscribe(self, callback: Any) -> None:
        """There is no one state of several channels. Raises NotImplementedError."""
        raise NotImplementedError

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()

    def __enter__(self) -> ChannelByService:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _to(self, method: str) -> grpc.Channel:
        """The contract of a service is in the package that has its name."""
        return self.of(method.split(".")[1])

    def of(self, service: str) -> grpc.Channel:
        """The channel to the service itself, for contracts that several serve."""
        if service not in self._channels:
            self._channels[service] = self._open(service)
        return self._channels[service]
