"""Names of places, folded so that spellings meet: without regard to case, accents, hyphens and Chinese script."""

from __future__ import annotations

import unicodedata
from typing import Final

from opencc import OpenCC

EDITION: Final = "names 1"
"""Goes up when names are folded in another way, so that what was folded before is folded anew."""

BETWEEN_WORDS: Final = "/,"
"""With dashes, the punctuation that stands between words; all other stands within them, or means nothing."""


class NameFolding:
    """Folds names. Holds the tables that turn traditional Chinese characters into simplified ones."""

    def __init__(self) -> None:
        self._simplified = OpenCC("t2s").convert
        self._kept = _Kept()

    def __call__(self, name: str) -> str:
        """The name as it is compared: `Saint-Étienne` and `saint etienne` are one, and so are `維也納` and `维也纳`.

        Empty for a name of which nothing is left.
        """
        if not name.isascii():
            if any("\u3400" <= character <= "\u9fff" for character in name):
                name = self._simplified(name)
            name = unicodedata.normalize("NFKD", name)
        return " ".join(name.translate(self._kept).casefold().split())


class _Kept(dict[int, str | None]):
    """What becomes of each character, for `str.translate`: letters, digits and vowel signs stay, dashes become spaces;
    accents, other punctuation and what cannot be seen go."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        category = unicodedata.category(character)
        kept: str | None = character
        if category == "Pd" or character in BETWEEN_WORDS or character.isspace():
            kept = " "
        elif category[0] in "PSC" or unicodedata.combining(character):
            kept = None
        self[code] = kept
        return kept
