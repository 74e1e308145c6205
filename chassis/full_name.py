"""A person's name as one, in the order and with the spaces of the script that it is written in."""

from __future__ import annotations

import unicodedata
from typing import Final

FAMILY_FIRST: Final = ("CJK ", "IDEOGRAPHIC ", "HANGUL ", "HIRAGANA ", "KATAKANA", "HALFWIDTH KATAKANA ")
"""How Unicode's names of letters begin that are of Chinese, Korean and Japanese names."""


def full_name(given_name: str, family_name: str) -> str:
    """`Ada Lovelace`, and `王小明`: a name in Han characters, Hangul or Kana alone has its family name first, and no
    space, whatever language it is told in. Either part may be empty."""
    given, family = given_name.strip(), family_name.strip()
    letters = [char for char in unicodedata.normalize("NFC", given + family) if char.isalpha()]
    if letters and all(unicodedata.name(char, "").startswith(FAMILY_FIRST) for char in letters):
        return f"{family}{given}"
    return f"{given} {family}".strip()
