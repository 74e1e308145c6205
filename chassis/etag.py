"""Etags (AIP-154): the revision that a caller read, sent back to make sure that nothing changed in between."""

from __future__ import annotations

from typing import Protocol

from chassis.refusal import EtagMismatch


class Revised(Protocol):
    """A resource that counts its revisions."""

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> int: ...


def etag_of(resource: Revised) -> str:
    """The etag of this revision."""
    return str(resource.revision)


def require_etag(resource: Revised, etag: str) -> None:
    """Raises EtagMismatch where the caller sent the etag of another revision; an empty one fits every revision."""
    if etag and etag != etag_of(resource):
        raise EtagMismatch(resource.name)
