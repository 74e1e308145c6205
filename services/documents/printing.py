"""Documents printed: the same document gives the same bytes, whenever and wherever that is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Final

from reportlab.platypus import Flowable

from services.documents.document import Document, Kind
from services.documents.layouts.confirmation import confirmation
from services.documents.layouts.invoice import invoice
from services.documents.layouts.page import print_pages
from services.documents.layouts.receipt import receipt
from services.documents.printed import Printed
from services.documents.wording import Wording, wording

LAYOUTS: Final[Mapping[Kind, Callable[[Document, Wording], Iterator[Flowable]]]] = MappingProxyType(
    {Kind.CONFIRMATION: confirmation, Kind.RECEIPT: receipt, Kind.INVOICE: invoice}
)


def printed(document: Document) -> Printed:
    """The document as PDF. Its properties name no guest: they are shown where the document itself is not."""
    words = wording(document.language)
    called = document.number if document.kind is Kind.INVOICE else document.confirmation_code
    with _dated(document.issue_time):
        story = LAYOUTS[document.kind](document, words)
        return Printed(*print_pages(list(story), words, f"{words.say(f'title.{document.kind}')} {called}".strip()))


@contextmanager
def _dated(instant: datetime) -> Iterator[None]:
    """Has a PDF say that it was made then, and not when its bytes came to be (reproducible-builds.org)."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(instant.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
