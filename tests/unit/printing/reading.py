"""What a PDF says, read by another library than wrote it."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTPage
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1

MARKS: Final = {"en": (",", "."), "zh": (",", "."), "pt": (".", ",")}
"""What stands between thousands, and before decimal places."""


COLUMN: Final = 6.0
"""Points between two texts at least; where there is less, they are one."""


def rows(pdf: bytes) -> list[list[str]]:
    """The texts of each row of each page from left to right, from the top down."""
    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=None)  # which would guess at what belongs together
    interpreter = PDFPageInterpreter(resources, device)
    found = []
    for page in PDFPage.create_pages(PDFDocument(PDFParser(io.BytesIO(pdf)))):
        interpreter.process_page(page)
        found += _rows(device.get_result())
    return found


def text(pdf: bytes) -> str:
    """All of it."""
    return "\n".join(" ".join(row) for row in rows(pdf))


def beside(pdf: bytes, label: str) -> str:
    """The last text of the row that begins with that one. Raises StopIteration."""
    return next(row[-1] for row in rows(pdf) if row[0] == label)


def amount(said: str, language: str, currency: str, places: int) -> int:
    """An amount as a person of that language reads it, in smallest units."""
    thousands, point = MARKS[language]
    found = re.fullmatch(rf"(-?[0-9{re.escape(thousands + point)}]+) {currency}", said.replace("\xa0", " "))
    assert found, said
    return int(Decimal(found[1].replace(thousands, "").replace(point, ".")).scaleb(places))


def fonts(pdf: bytes) -> Iterator[dict[str, Any]]:
    """Every font that a page names."""
    for page in _pages(pdf):
        for font in resolve1(resolve1(page["Resources"])["Font"]).values():
            yield resolve1(font)


def properties(pdf: bytes) -> dict[str, Any]:
    """What the file says of itself, and `Lang`."""
    document = PDFDocument(PDFParser(io.BytesIO(pdf)))
    said = {key: value for info in document.info for key, value in info.items()}
    return {**said, "Lang": document.catalog.get("Lang")}


def _pages(pdf: bytes) -> Iterator[dict[str, Any]]:
    pages = resolve1(PDFDocument(PDFParser(io.BytesIO(pdf))).catalog["Pages"])
    return map(resolve1, pages["Kids"])


def _rows(page: LTPage) -> Iterator[list[str]]:
    """By the line that the letters stand on: fonts differ in how far they reach below it."""
    lines: dict[float, list[LTChar]] = defaultdict(list)
    for char in page:
        if isinstance(char, LTChar):
            lines[round(char.matrix[5], 1)].append(char)
    for height in sorted(lines, reverse=True):
        yield list(_texts(sorted(lines[height], key=lambda char: char.x0)))


def _texts(chars: list[LTChar]) -> Iterator[str]:
    said = chars[0].get_text()
    for before, char in pairwise(chars):
        if char.x0 - before.x1 > COLUMN:
            yield said.strip()
            said = ""
        said += char.get_text()
    yield said.strip()
