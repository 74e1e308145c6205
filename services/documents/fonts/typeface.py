"""A style of letters, made of several fonts: each character is of the first that has it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

CHINESE: Final = Path(__file__).parent / "DroidSansFallbackFull.ttf"
UNKNOWN: Final = "\ufffd"
"""What stands for a character that no font has: people see that there is one."""


class Run(NamedTuple):
    """Characters of one font, by the name that ReportLab knows it by."""

    font: str
    text: str


class Typeface:
    """Args:
    fonts: The names of fonts, the first preferred. One is loaded when a character is first looked for in it.
    """

    def __init__(self, fonts: Sequence[str]) -> None:
        self.first = _loaded(fonts[0]).fontName
        self._fonts = fonts
        self._of: dict[str, str] = {}

    def runs(self, text: str) -> Iterator[Run]:
        """The text in the order given, cut where the font changes."""
        known = "".join(char if self._font_of(char) else UNKNOWN for char in text)
        for font, chars in groupby(known, self._font_of):
            yield Run(font, "".join(chars))

    def width(self, text: str, size: float) -> float:
        """How wide the text is, in points."""
        return sum(_loaded(run.font).stringWidth(run.text, size) for run in self.runs(text))

    def _font_of(self, char: str) -> str:
        """The font that has the character; empty where none does."""
        if char not in self._of:
            code = ord(char)
            self._of[char] = next((name for name in self._fonts if code in _loaded(name).face.charToGlyph), "")
        return self._of[char]


REGULAR: Final = ("NotoSans_Regular", "FiraGO_Regular", CHINESE.stem)
BOLD: Final = ("NotoSans_Bold", "FiraGO_Bold", CHINESE.stem)


@cache
def regular() -> Typeface:
    """What nearly everything is printed in."""
    return Typeface(REGULAR)


@cache
def bold() -> Typeface:
    """Headings and totals. There is no bold Chinese: those signs are as they are elsewhere."""
    return Typeface(BOLD)


@cache
def _loaded(name: str) -> TTFont:
    # The package `pymupdf-fonts` has each font as a module.
    content = CHINESE.read_bytes() if name == CHINESE.stem else import_module(f"pymupdf_fonts.{name}").fontbuffer
    font = TTFont(name, io.BytesIO(content), asciiReadable=False, shapable=False)
    pdfmetrics.registerFont(font)
    return font
