"""How Python's email package reads the headers of mails that go out: those that are the same in every mail once."""

from __future__ import annotations

from email.headerregistry import HeaderRegistry
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any, Final


class _Headers(HeaderRegistry):
    """Remembers what kinds of parts there are: to read the headers of one anew takes longer than to write it."""

    def __init__(self) -> None:
        super().__init__()
        self._remembered = lru_cache(64)(super().__call__)

    def __call__(self, name: str, value: Any) -> Any:
        if name.lower().startswith("content-"):
            return self._remembered(name, value)
        return super().__call__(name, value)


RULES: Final = EmailPolicy(header_factory=_Headers())
"""What messages are made by."""
