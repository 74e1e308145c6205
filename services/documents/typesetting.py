"""Text as it is printed: cleaned, joined and ordered as its script asks for, in lines of a width.

What runs from right to left is kept in the order in which it is read until it is cut into lines, and each line is then
put in the order in which it is seen (Unicode Standard Annex 9): the first words stand in the first line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from services.documents.fonts.typeface import Typeface

NO_BREAK_SPACE: Final = "\u00a0"
LONGEST: Final = 300
"""How many characters of a text are printed: no name or address that is one has more."""

UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
"""Categories of what has no form of its own."""

JOINERS: Final = "\u200c\u200d"
"""Unseen, too, but they say whether the letters beside them join."""

VARIANTS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""They choose among forms of a sign, of which our fonts have one."""

RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
SIGNS: Final = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60"
PIECE: Final = re.compile(f"[{SIGNS}][、。，．：；！？）」』】》]*| +|[^ {SIGNS}]+")
"""What is not cut: a Chinese, Japanese or Korean sign with the marks that may not begin a line, a word, spaces."""


def cleaned(text: str) -> str:
    """One line without what nobody sees, such as marks that turn the direction of what follows, and not longer than is
    printed."""
    composed = VARIANTS.sub("", unicodedata.normalize("NFC", text[: 4 * LONGEST]))
    kept = "".join(
        " " if char.isspace() and char != NO_BREAK_SPACE else char
        for char in composed
        if char.isspace() or char in JOINERS or unicodedata.category(char) not in UNSEEN
    )
    single = re.sub(" +", " ", kept).strip()
    return single if len(single) <= LONGEST else f"{single[: LONGEST - 1]}…"


def lines(text: str, typeface: Typeface, size: float, width: float) -> list[str]:
    """The text in lines that are not wider than that many points, each in the order in which it is seen from left to
    right."""
    clean = cleaned(text)
    if RIGHT_TO_LEFT.search(clean) is None:
        return list(_cut(_unjoined(clean), typeface, size, width))
    # Loaded here, as most documents have no such text.
    import arabic_reshaper
    from bidi import get_base_level, get_display

    direction = "R" if get_base_level(clean) else "L"
    joined = _unjoined("".join(map(_plain_if_alone, arabic_reshaper.reshape(clean))))
    return [get_display(line, base_dir=direction) for line in _cut(joined, typeface, size, width)]


def _plain_if_alone(char: str) -> str:
    """The letter itself for its form where nothing joins it: they look the same, and not every font has both."""
    if "ISOLATED FORM" not in unicodedata.name(char, ""):
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char  # a ligature stays one


def _unjoined(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, JOINERS)))


def _cut(text: str, typeface: Typeface, size: float, width: float) -> Iterator[str]:
    line, room = "", width
    for piece in _pieces(text, typeface, size, width):
        wide = typeface.width(piece, size)
        if wide > room and line:
            yield line.rstrip(" ")
            line, room = "", width
        if line or piece.strip(" "):
            line += piece
            room -= wide
    yield line.rstrip(" ")


def _pieces(text: str, typeface: Typeface, size: float, width: float) -> Iterator[str]:
    """The pieces of the text, those that are wider than a line cut anywhere."""
    for piece in PIECE.findall(text):
        if typeface.width(piece, size) <= width:
            yield piece
        else:
            yield from piece
