"""The comments of the contracts, as they read to somebody who calls by HTTP."""

from __future__ import annotations

import re
from typing import Final

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
"""The header that stands for a command's `request_id`."""

REQUEST_ID: Final = "request_id"


def text(comment: str) -> str:
    """A comment in which fields have their names of JSON, and the request id is the header that stands for it."""
    return re.sub(r"`([a-z][a-z0-9_.]*)`", lambda name: f"`{_field(name[1])}`", comment)


def sentences(comment: str) -> list[str]:
    """The sentences of a comment, each with its full stop."""
    return re.split(r"(?<=\.)\s+(?=[A-Z])", comment)


def camel(name: str) -> str:
    """A field's name in JSON: `updateMask` of `update_mask`, and each part of a dotted path likewise."""
    return re.sub(r"_([a-z0-9])", lambda letter: letter[1].upper(), name)


def joined(*parts: str) -> str:
    """Those parts that say something, as one text."""
    return " ".join(part for part in parts if part)


def _field(name: str) -> str:
    return IDEMPOTENCY_KEY if name == REQUEST_ID else camel(name)
