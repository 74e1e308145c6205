"""Where a user may be sent back to: one of the URIs that the client has registered, letter by letter (RFC 9700 section
2.1), but for the port of a program on the user's own machine (RFC 8252 section 7.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from chassis.refusal import InvalidField

LOOPBACK: Final = re.compile(r"http://(?P<host>127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?(?=/|\Z)")
"""The beginning of the address of a program on the user's machine. What follows it is compared."""


class RedirectUriMismatch(InvalidField):
    """The redirect URI is none of those that the client has registered."""

    reason = "REDIRECT_URI_MISMATCH"


def check_redirect_uri(registered: Iterable[str], asked: str) -> None:
    """Raise RedirectUriMismatch for any URI that the client has not registered."""
    if not any(asked == uri or _same_program(asked, uri) for uri in registered):
        raise RedirectUriMismatch("authorization.redirect_uri", "is none of those that the client has registered")


def _same_program(asked: str, registered: str) -> bool:
    """Whether the two differ in nothing but the port, and are on the user's machine."""
    portless = _without_port(asked)
    return portless is not None and portless == _without_port(registered)


def _without_port(uri: str) -> tuple[str, str] | None:
    """The host, and what follows the port; None of an address elsewhere."""
    loopback = LOOPBACK.match(uri)
    return None if loopback is None else (loopback["host"], uri[loopback.end() :])
