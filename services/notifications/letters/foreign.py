"""Words from outside, such as the name of a guest: never markup, never a line of their own, never read backwards."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_DIRECTIONAL_ISOLATE: Final = "\u2069"
DIRECTIONS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""The characters of Unicode that turn the direction of whatever follows (UAX 9 section 2)."""

RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
ADDRESS: Final = re.compile(r"://|@|\w\.\w{2}")
"""What mail programs make a link of, without being asked: `book.example` is enough for some."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A text that somebody else has written. As a string it is one line, set apart from its surroundings where it runs
    from right to left; in HTML it is escaped, within `<bdi>`."""

    said: str

    @property
    def line(self) -> str:
        """The text alone: without line breaks, control characters, and what turns the direction."""
        kept = (
            " " if char.isspace() else char
            for char in self.said
            if char.isspace() or (char not in DIRECTIONS and unicodedata.category(char) not in {"Cc", "Cs"})
        )
        return " ".join("".join(kept).split())

    @property
    def is_address(self) -> bool:
        """Whether it would be read as a link. Who gives such a name writes to others in ours: it greets nobody."""
        return ADDRESS.search(self.said) is not None

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to be seen."""
        return all(unicodedata.category(char)[0] in "CZ" for char in self.said)

    def __str__(self) -> str:
        line = self.line
        if any(unicodedata.bidirectional(char) in RIGHT_TO_LEFT for char in line):
            return f"{FIRST_STRONG_ISOLATE}{line}{POP_DIRECTIONAL_ISOLATE}"
        return line

    def __html__(self) -> Markup:
        return Markup("<bdi>{}</bdi>").format(self.line)
