"""Bytes that are no message: told to the caller as what they are, once it is known who calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from google.protobuf.message import DecodeError, Message

from chassis.refusal import InvalidFields


class Unreadable:
    """Stands where the request would stand."""


UNREADABLE: Final = Unreadable()


def reader(request_class: type[Message]) -> Callable[[bytes], Message | Unreadable]:
    """What reads requests of one type. gRPC itself would answer UNKNOWN, and tell nobody else."""
    parse = request_class.FromString

    def read(body: bytes) -> Message | Unreadable:
        try:
            return parse(body)
        except DecodeError:
            return UNREADABLE

    return read


def require_readable(request: Any, request_class: type[Message]) -> None:
    """Raises InvalidFields, which names no field, where the bytes were no message of that type."""
    if request is UNREADABLE:
        raise InvalidFields([("", f"the request cannot be read as {request_class.DESCRIPTOR.full_name}")])


async def readable(requests: AsyncIterator[Any], request_class: type[Message]) -> AsyncIterator[Any]:
    """The messages of a stream. Raises InvalidFields at the first that is none."""
    async for request in requests:
        require_readable(request, request_class)
        yield request
