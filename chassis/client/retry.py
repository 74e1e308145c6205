"""Which calls gRPC makes again, how often, and within which budget (gRFC A6).

Said once here for both ways to tell gRPC: the service config of a channel to an address, and the routes that the
registry serves to channels that find their service through it.
"""

from __future__ import annotations

import grpc

from chassis.policy import Method

ATTEMPTS = 4
"""Tries of one call at most, the first included."""

FIRST_BACKOFF = 0.05
"""Seconds before the second try, about; twice as long before each further one."""

LONGEST_BACKOFF = 1.0
"""Seconds between two tries at most, about."""

MAX_TOKENS = 10
"""How much the budget of a channel holds. A failed try takes 1; calls are made again while over half is left."""

TOKEN_RATIO = 0.1
"""What a call that succeeds gives back to the budget."""

NO_RETRY = "x-innkeeper-no-retry"
"""A request header: of a call that has it, the registry's routes allow one try only."""

PUSHBACK = "grpc-retry-pushback-ms"
"""What a failed call brings along to tell gRPC's own retries when to try again, in whole milliseconds."""

NEVER_AGAIN = (PUSHBACK, "-1")
"""Not to try again."""


def is_retried(method: Method) -> bool:
    """Whether a call that did not get through (UNAVAILABLE) is made again: where the contract calls that safe, and
    where what was sent is at hand."""
    return method.idempotent and not method.client_streaming


def is_final(error: grpc.aio.AioRpcError) -> bool:
    """Whether the service says not to try again, as it has failed in spite of other tries, one hop further."""
    trailing = error.trailing_metadata()
    return trailing is not None and str(trailing.get(PUSHBACK, "")).startswith("-")
