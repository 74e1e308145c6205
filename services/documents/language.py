"""The languages that documents are in."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("en", "zh", "pt")
"""The first where nobody asks for one of them."""


def language_of(tag: str) -> str:
    """Which of them a language tag (BCP 47) gets, by what it begins with."""
    primary = tag.partition("-")[0].lower()
    return primary if primary in LANGUAGES else LANGUAGES[0]
