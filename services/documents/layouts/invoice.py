"""The invoice: the hotel's bill, for the books of whoever pays."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import Flowable, Spacer

from services.documents.document import Document, Party
from services.documents.layouts import parts
from services.documents.wording import Wording


def invoice(document: Document, words: Wording) -> Iterator[Flowable]:
    """From its number to what was paid in all."""
    yield from parts.title(words.say("title.invoice"))
    yield parts.facts(
        [
            (words.say("about.number"), document.number),
            (words.say("about.issued"), words.instant(document.issue_time, document.time_zone)),
            (words.say("about.confirmation_code"), document.confirmation_code),
        ]
    )
    yield Spacer(1, parts.GAP)
    yield parts.beside(
        parts.party(words.say("party.seller"), document.seller or document.hotel, words),
        parts.party(words.say("party.buyer"), document.buyer or Party(name=document.guest), words),
    )
    yield parts.facts([(words.say("party.hotel"), document.hotel.name), *parts.stay(document, words)])
    yield Spacer(1, parts.GAP)
    yield from parts.price(document, words)
    if document.payment is not None:
        yield from parts.payment(document, document.payment, words)
