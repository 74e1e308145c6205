"""What a token may be used for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from chassis.refusal import Refusal

TRAVELLER: Final = frozenset(
    {
        "users.read",
        "users.write",
        "bookings.read",
        "bookings.write",
        "payments.read",
        "notifications.read",
        "notifications.write",
    }
)
"""What everybody may who signs in: everything that is their own."""


class ScopeNotGranted(Refusal):
    """A scope was asked for that the grant does not allow."""

    reason = "SCOPE_NOT_GRANTED"


def granted(allowed: frozenset[str], asked: Iterable[str]) -> frozenset[str]:
    """The scopes of a new token: those asked for, or all that are allowed where none is. Raises ScopeNotGranted."""
    wanted = frozenset(asked)
    refused = " ".join(sorted(wanted - allowed))
    if refused:
        raise ScopeNotGranted(f"the grant does not allow {refused}", scopes=refused)
    return wanted or allowed
