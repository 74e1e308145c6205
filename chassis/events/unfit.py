"""What is wrong with an event that cannot take effect."""

from __future__ import annotations

from typing import Final

import grpc
from sqlalchemy.exc import DBAPIError

from innkeeper.events.v1.event_log_pb2 import DeadLetterReason

LONGEST: Final = 500
"""Characters of a detail."""


class Unfit(Exception):
    """An event that is not to be tried again before somebody has looked into it.

    Args:
        reason: What is wrong.
        detail: The same for people. Must hold nothing personal.
    """

    def __init__(self, reason: DeadLetterReason.ValueType, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def told(error: BaseException) -> str:
    """An error on one line. Of what a database says it is the first line: the others may show what is in a row."""
    if isinstance(error, grpc.aio.AioRpcError):
        return f"{error.code().name}: {error.details()}"[:LONGEST]
    said: BaseException = (error.orig or error) if isinstance(error, DBAPIError) else error
    first, *_ = str(said).splitlines() or [""]
    return f"{type(said).__name__}: {first}".removesuffix(": ")[:LONGEST]
