"""What it costs callers to lose a call: under overload, the cheapest is refused first."""

from __future__ import annotations

from collections.abc import Container
from enum import IntEnum

from chassis.policy import Method
from chassis.server.authentication import AUTHORIZATION, END_USER
from innkeeper.options.v1.options_pb2 import ACCESS_INTERNAL

PREVIOUS_ATTEMPTS = "grpc-previous-rpc-attempts"
"""What gRPC adds to a call that it makes again (gRFC A6)."""

HOURS = 3600.0


class Priority(IntEnum):
    """The cheapest first. The value is how many times the limit that holds for reads may be in hand for calls of the
    kind to be let in, in halves."""

    READ_AGAIN = 1
    """Its caller has waited before and will wait again."""

    READ = 2
    """Somebody outside looks at something, and can look again."""

    COMMAND_AGAIN = 3
    COMMAND = 4
    """Somebody outside wants something done."""

    INTERNAL = 8
    """A service is in the middle of something: what has been done for it so far would be wasted."""


def stays(method: Method) -> bool:
    """Whether a call of the method is a stream that lasts for hours, such as a lease or a watch: it waits most of the
    time, and is neither counted nor refused."""
    return method.server_streaming and method.deadline >= HOURS


def priority_of(method: Method, metadata: Container[str]) -> Priority:
    """By the contract, and by the names of the metadata: what the caller says, who is not known yet. For a lie there is
    one step to gain; a call of a method for services that brings no token is none of theirs."""
    if method.access == ACCESS_INTERNAL and AUTHORIZATION in metadata:
        return Priority.INTERNAL
    again = PREVIOUS_ATTEMPTS in metadata
    if method.mutating or END_USER in metadata:
        return Priority.COMMAND_AGAIN if again else Priority.COMMAND
    return Priority.READ_AGAIN if again else Priority.READ
