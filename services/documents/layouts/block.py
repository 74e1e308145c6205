"""Text on a page. It is never read as markup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from reportlab.lib.colors import Color, HexColor
from reportlab.platypus import Flowable

from services.documents.fonts import typeface
from services.documents.fonts.typeface import Typeface
from services.documents.typesetting import lines

INK: Final = HexColor(0x1F2328)
PALE: Final = HexColor(0x59636E)


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks; sizes are in points. `leading` is from one line to the next, as a multiple of the size."""

    face: Callable[[], Typeface] = typeface.regular
    size: float = 9.5
    leading: float = 1.4
    colour: Color = INK
    to_right: bool = False


TITLE: Final = Style(typeface.bold, 20, 1.3)
HEADING: Final = Style(typeface.bold, 11.5, 1.5)
NAME: Final = Style(typeface.bold, 10.5)
BODY: Final = Style()
LABEL: Final = Style(colour=PALE)
STRONG: Final = Style(typeface.bold)
AMOUNT: Final = Style(to_right=True)
AMOUNT_LABEL: Final = Style(colour=PALE, to_right=True)
STRONG_AMOUNT: Final = Style(typeface.bold, to_right=True)
SMALL: Final = Style(size=8, colour=PALE)


class Block(Flowable):
    """A text, in as many lines as it takes."""

    def __init__(self, text: str, style: Style = BODY) -> None:
        super().__init__()
        self._text = text
        self._style = style
        self._lines: list[str] = []

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        style = self._style
        self._lines = lines(self._text, style.face(), style.size, width)
        self.width, self.height = width, len(self._lines) * style.size * style.leading
        return self.width, self.height

    def draw(self) -> None:
        style, face = self._style, self._style.face()
        y = self.height - style.size * (style.leading + 1) / 2 + style.size * 0.15
        for line in self._lines:
            x = self.width - face.width(line, style.size) if style.to_right else 0.0
            text = self.canv.beginText(x, y)
            text.setFillColor(style.colour)
            for run in face.runs(line):
                text.setFont(run.font, style.size)
                text.textOut(run.text)
            self.canv.drawText(text)
            y -= style.size * style.leading
