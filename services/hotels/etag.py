"""Etags: the revision that a caller read, sent back to make sure that nothing else changed in between."""

from __future__ import annotations

from typing import Protocol

from chassis.refusal import EtagMismatch


class Revised(Protocol):
    """Something that counts its revisions."""

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> int: ...


def etag_of(part: Revised) -> str:
    """The etag of this revision."""
    return str(part.revision)


def require_etag(part: Revised, etag: str) -> None:
    """Raises EtagMismatch where the caller sent the etag of another revision."""
    if etag and etag != etag_of(part):
        raise EtagMismatch(part.name)
