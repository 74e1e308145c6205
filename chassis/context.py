"""What is in hand: for whom, until when, and in which trace. It travels in a context variable, so that no signature
between the transport and the code that needs it has to carry it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from chassis.observability.trace import NOWHERE, Trace

if TYPE_CHECKING:
    from chassis.policy import Method

ADMIN = "admin"
INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Whom a call comes from.

    `subject` is `users/…` or `clients/…`, empty for a caller without a token. `user` is the end user: the subject
    itself, or the user for whom a service calls, or empty. `user_scopes` are those of the end user's own token.
    """

    subject: str = ""
    user: str = ""
    scopes: frozenset[str] = frozenset()
    user_scopes: frozenset[str] = frozenset()
    expire_time: float = field(default=inf, compare=False)
    """When the token runs out by which that is known, in seconds since the epoch."""

    @property
    def is_admin(self) -> bool:
        """Whether the caller is staff, before whom nothing is hidden."""
        return ADMIN in self.scopes

    def may_see(self, owner: str) -> bool:
        """Whether a resource of that owner exists for this caller."""
        return self.is_admin or (bool(owner) and owner in (self.user, self.subject))


NOBODY = Principal()


@dataclass(slots=True, kw_only=True)
class Context:
    """What calls to other services are made for: a call, or a request by HTTP."""

    deadline: float
    """When the answer is due, on the clock of `time.monotonic`."""

    principal: Principal = NOBODY
    trace: Trace = NOWHERE
    end_user_token: str = ""
    """The access token of the end user, for calls made in that user's name."""

    def remaining(self) -> float:
        """Seconds until the deadline; negative when it has passed."""
        return self.deadline - time.monotonic()


@dataclass(slots=True, kw_only=True)
class Call(Context):
    """One call as the server sees it, whatever transport it came by."""

    method: Method
    metadata: dict[str, str]
    cut_off: float
    """When the transport ends the call by itself, on the same clock: infinitely late where it does not."""

    peer: Callable[[], str]
    """Tells the caller's address; of a socket's caller it takes a while to."""

    nested: bool = False
    """Whether it is made, in the same process, for a call that was let in before."""

    write: Callable[[Any], Awaitable[None]] | None = None
    """Sends one message of a response stream."""

    request: Any = None
    """The request message, of a unary request."""

    request_id: str = ""
    """The key under which the call's answer is stored; empty for a call without one."""


CURRENT: ContextVar[Context | None] = ContextVar("innkeeper_context", default=None)


def current_context() -> Context:
    """What is in hand. Raises LookupError where nothing is."""
    context = CURRENT.get()
    if context is None:
        raise LookupError("nothing is in hand here")
    return context


def current_call() -> Call:
    """The call in hand. Raises LookupError outside of any."""
    call = CURRENT.get()
    if not isinstance(call, Call):
        raise LookupError("no call is in hand here")
    return call


def principal() -> Principal:
    """Whom what is in hand comes from; nobody where nothing is."""
    context = CURRENT.get()
    return NOBODY if context is None else context.principal
