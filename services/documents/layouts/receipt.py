"""The receipt: what was paid for which stay, and what of it was given back."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import Flowable, Spacer

from services.documents.document import Document
from services.documents.layouts import parts
from services.documents.wording import Wording


def receipt(document: Document, words: Wording) -> Iterator[Flowable]:
    """From the hotel to what was paid in all."""
    yield from parts.title(words.say("title.receipt"))
    yield from parts.party(words.say("party.hotel"), document.hotel, words)
    yield parts.facts(
        [
            (words.say("about.confirmation_code"), document.confirmation_code),
            (words.say("party.guest"), document.guest),
            *parts.stay(document, words),
            (words.say("about.issued"), words.instant(document.issue_time, document.time_zone)),
        ]
    )
    yield Spacer(1, parts.GAP)
    yield from parts.price(document, words)
    if document.payment is not None:
        yield from parts.payment(document, document.payment, words)
