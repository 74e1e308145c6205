"""The languages that documents are in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LANGUAGES: Final = ("en", "zh", "pt")
"""The first where nobody asks for one of them."""


def language_of(tag: str) -> str:
    """Which of them a language tag (BCP 47) gets, by what it begins with."""
    return _primary(tag) if is_known(tag) else LANGUAGES[0]


def chosen(wanted: Iterable[str]) -> str:
    """The first of the tags for which there is a language; the first language where there is none for any."""
    return next(filter(is_known, wanted), LANGUAGES[0])


def is_known(tag: str) -> bool:
    """Whether there is a language for that tag."""
    return _primary(tag) in LANGUAGES


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
