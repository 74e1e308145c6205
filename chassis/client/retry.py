"""Which calls gRPC makes again, how often, and within which budget (gRFC A6).

Said once here for both ways to tell gRPC: the service config of a channel to an address, and the routes that the
registry serves to channels that find their service through it.
"""

from __future__ import annotations

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


def is_retried(method: Method) -> bool:
    """Whether a call that did not get through (UNAVAILABLE) is made again: where the contract calls that safe, and
    where what was sent is at hand."""
    return method.idempotent and not method.client_streaming
