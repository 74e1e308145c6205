"""How a WebSocket ends, so that its client knows what to do about it."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import grpc


class CloseCode(IntEnum):
    """What the close frame says (RFC 6455 section 7.4); those from 4000 on are ours, by the HTTP code next to them.

    Besides these, 1001 says that the server stops and 1009 that a message was too large.
    """

    INTERNAL_ERROR = 1011
    """A defect of ours: come again, after the last event that came."""

    MESSAGE_MALFORMED = 4400
    """A message that is none of those a client may send."""

    TOKEN_NOT_GOOD = 4401
    """The token has run out, or the one sent in its place is not good: come again with another."""

    NOT_ALLOWED = 4403
    """The token sent in place of the first is not for this."""

    NOT_FOUND = 4404
    """What was watched is not there any more."""

    TOO_SLOW = 4408
    """What was sent was not taken in time: come again, after the last event that came."""

    EVENT_NOT_KEPT = 4410
    """To go on would leave something out: come again, and begin with all that is kept."""


OF_STATUS: Final = {
    grpc.StatusCode.UNAUTHENTICATED: CloseCode.TOKEN_NOT_GOOD,
    grpc.StatusCode.PERMISSION_DENIED: CloseCode.NOT_ALLOWED,
    grpc.StatusCode.NOT_FOUND: CloseCode.NOT_FOUND,
    grpc.StatusCode.OUT_OF_RANGE: CloseCode.EVENT_NOT_KEPT,
}
"""What it means for a WebSocket that is open when its watch is refused."""


class Ended(Exception):
    """A WebSocket is to end. `reason` is at most 123 bytes of UTF-8."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Disconnected(Exception):
    """The client has gone."""
