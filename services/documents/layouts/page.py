"""The pages that a document runs over, and what stands at the foot of each."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from services.documents.layouts.block import SMALL, Block, Style
from services.documents.wording import Wording

MARGIN: Final = 20 * mm
FOOT: Final = 12 * mm
WIDTH: Final = A4[0] - 2 * MARGIN


def print_pages(story: Sequence[Flowable], words: Wording, title: str) -> tuple[bytes, int]:
    """The PDF, and how many pages it has."""
    made: list[_Numbered] = []

    def canvas(filename: Any, **more: Any) -> _Numbered:
        made.append(_Numbered(filename, words, title, **more))
        return made[-1]

    target = io.BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=A4,
        title=title,
        author="Innkeeper",
        creator="Innkeeper",
        subject=title,
        lang=words.language,
        invariant=1,
        pageCompression=1,
        initialFontName=SMALL.face().first,
    )
    frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate(frames=[frame])])
    document.build(list(story), canvasmaker=canvas)
    return target.getvalue(), len(made[0].pages)


class _Numbered(Canvas):
    """Writes the foot of every page when it is known how many there are."""

    def __init__(self, filename: Any, words: Wording, title: str, **more: Any) -> None:
        super().__init__(filename, **more)
        self._words = words
        self._foot = title
        self.pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        self.pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # the stubs leave it out

    def save(self) -> None:
        pages = self.pages
        for number, page in enumerate(pages, start=1):
            self.__dict__.update(page)
            self._write(self._foot, SMALL)
            place = self._words.say("about.page", page=number, pages=len(pages))
            self._write(place, Style(size=SMALL.size, colour=SMALL.colour, to_right=True))
            super().showPage()
        self.pages = pages
        super().save()

    def _write(self, text: str, style: Style) -> None:
        block = Block(text, style)
        block.wrapOn(self, WIDTH, MARGIN)
        block.drawOn(self, MARGIN, FOOT)
