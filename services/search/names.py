"""Names of places, folded so that spellings meet: without regard to case, accents, hyphens and Chinese script."""

from __future__ import annotations

import unicodedata
from typing import Final

from opencc import OpenCC

EDITION: Final = "names 1"
"""Goes up when names are folded in another way, so that what was folded before is folded anew."""

PUNCTUATION: Final = "".join(chr(code) for code in range(128) if unicodedata.category(chr(code))[0] in "PSC")
ASCII: Final = str.maketrans("-/,", "   ", PUNCTUATION.translate(str.maketrans("", "", "-/,")))


class NameFolding:
    """Folds names. Holds the tables that turn traditional Chinese characters into simplified ones."""

    def __init__(self) -> None:
        self._simplified = OpenCC("t2s").convert

    def __call__(self, name: str) -> str:
        """The name as it is compared: `Saint-Étienne` and `saint etienne` are one, and so are `維也納` and `维也纳`.

        Empty for a name of which nothing is left.
        """
        if not name.isascii():
            if any("\u3400" <= character <= "\u9fff" for character in name):
                name = self._simplified(name)
            decomposed = unicodedata.normalize("NFKD", name)
            name = "".join(character for character in decomposed if _counts(character))
        return " ".join(name.casefold().translate(ASCII).split())


def _counts(character: str) -> bool:
    """Letters, digits, spaces and vowel signs do; accents, quotation marks and what cannot be seen do not."""
    return not unicodedata.combining(character) and (
        character.isascii() or unicodedata.category(character)[0] not in "PSC"
    )
