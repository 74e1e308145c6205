"""Which methods callers from outside may call, and what they have to bring."""

from __future__ import annotations

from chassis.policy import Method
from innkeeper.options.v1.options_pb2 import ACCESS_AUTHENTICATED, ACCESS_PUBLIC


def is_open(method: Method) -> bool:
    """Whether the method is for callers from outside; one whose contract does not say so is not."""
    return method.access in (ACCESS_PUBLIC, ACCESS_AUTHENTICATED)


def needs_token(method: Method) -> bool:
    """Whether a call has to bring an access token."""
    return method.access != ACCESS_PUBLIC
