"""Pages of a list (AIP-158): how many, after which key, and the token for what comes next."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from google.protobuf.message import Message

from chassis.refusal import InvalidPageToken

T = TypeVar("T")
DEFAULT_SIZE = 50
LARGEST_SIZE = 1000


@runtime_checkable
class Paged(Protocol):
    """A request with the two fields of AIP-158."""

    page_size: int
    page_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one request asks for: at most `limit` items after the key `after`, from the first where it is None."""

    limit: int
    after: str | None
    request_digest: str

    @classmethod
    def of(cls, request: Message) -> Page:
        """Reads `page_size` and `page_token`. Raises InvalidPageToken for a token of another request."""
        assert isinstance(request, Paged)
        digest = _digest(request)
        return cls(
            limit=min(request.page_size or DEFAULT_SIZE, LARGEST_SIZE),
            after=_key(request.page_token, digest) if request.page_token else None,
            request_digest=digest,
        )

    @property
    def lookahead(self) -> int:
        """How many items to read: one more than the page shows, which tells whether another page follows."""
        return self.limit + 1

    def cut(self, found: Sequence[T], key: Callable[[T], str]) -> tuple[Sequence[T], str]:
        """The items that the page shows, and its `next_page_token`: empty where no more were found than fit."""
        shown = found[: self.limit]
        return shown, self.next_token(key(shown[-1])) if len(found) > len(shown) else ""

    def next_token(self, last_key: str) -> str:
        """The token that goes on after the item of that key. Says nothing that the caller does not know."""
        return base64.urlsafe_b64encode(json.dumps([self.request_digest, last_key]).encode()).decode()


def _digest(request: Message) -> str:
    """Stands for the method and everything asked but the place in the list."""
    bare = type(request)()
    bare.CopyFrom(request)
    bare.ClearField("page_size")
    bare.ClearField("page_token")
    body = request.DESCRIPTOR.full_name.encode() + bare.SerializeToString(deterministic=True)
    return hashlib.blake2b(body, digest_size=9).hexdigest()


def _key(token: str, digest: str) -> str:
    try:
        made_for, key = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError, RecursionError):
        raise InvalidPageToken from None
    if made_for != digest or not isinstance(key, str) or not key.isprintable():
        raise InvalidPageToken  # what cannot be printed, some databases cannot be asked for
    return key
