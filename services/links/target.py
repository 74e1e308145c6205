"""Where links may lead: to the platform itself, and to the origins that its settings name.

A link is in a mail of ours, so that whoever reads it trusts it. One that led anywhere would lend that trust to anybody
(an open redirect, CWE-601). So a target is not searched for what is bad: it is taken apart, and has to be of an origin
that is allowed, by scheme, host and port (RFC 6454). What parsers and browsers read in different ways is no target.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from chassis.refusal import InvalidField

LONGEST: Final = 2048
"""Characters of a target, as the contract has it: as many as every browser and mail program takes."""

READABLE: Final = re.compile(r"[\x21-\x5B\x5D-\x7E]+")
"""All that a target may have in it. Browsers take a backslash for a slash, and leave out tabs and line breaks; of
letters beyond ASCII each has its own idea."""

AUTHORITY: Final = re.compile(r"(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?")
"""A host and perhaps a port; no user before it (`https://book.example@elsewhere.example`), and nothing in per cents."""

USUAL_PORTS: Final = {"http": 80, "https": 443}


class TargetNotAllowed(InvalidField):
    """Links may not lead there."""

    reason = "TARGET_NOT_ALLOWED"


class Targets:
    """The origins to which links may lead.

    Args:
        own: The platform's own address, `https://book.example`.
        others: Further origins, in the same form.
    """

    def __init__(self, own: str, others: Iterable[str] = ()) -> None:
        self._origins = frozenset(map(origin_of, (own, *others)))

    def check(self, target: str) -> None:
        """Raises InvalidField for what is no address, and TargetNotAllowed for one elsewhere."""
        origin = origin_of(target)
        if origin not in self._origins:
            raise TargetNotAllowed("link.target", f"is of {origin}, which is not among INNKEEPER_LINK_TARGETS")

    def allow(self, target: str) -> bool:
        """Whether links may lead there."""
        try:
            self.check(target)
        except InvalidField:
            return False
        return True


def origin_of(target: str) -> str:
    """The origin of an absolute address, in one form for all ways to write it: `https://book.example:443`.

    Raises InvalidField where the address is none, or is not written so that everybody reads the same in it.
    """
    if len(target) > LONGEST or READABLE.fullmatch(target) is None:
        raise InvalidField(
            "link.target", f"must be up to {LONGEST} visible characters of ASCII, none of them a backslash"
        )
    try:
        parts = urlsplit(target)
    except ValueError:
        raise _no_address() from None
    authority = AUTHORITY.fullmatch(parts.netloc.lower())
    if parts.scheme not in USUAL_PORTS or authority is None or not target[len(parts.scheme) :].startswith("://"):
        raise _no_address()
    port = int(authority["port"] or USUAL_PORTS[parts.scheme])
    if not 1 <= port <= 65_535:
        raise _no_address()
    return f"{parts.scheme}://{authority['host']}:{port}"


def _no_address() -> InvalidField:
    return InvalidField(
        "link.target", "must be an address such as https://book.example/stay: scheme, host, nobody's name"
    )
