"""The booking confirmation: what the guest shows at the desk."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import Flowable, Spacer

from services.documents.document import Document
from services.documents.layouts import parts
from services.documents.wording import Wording


def confirmation(document: Document, words: Wording) -> Iterator[Flowable]:
    """From the code to the terms of cancellation."""
    yield from parts.title(words.say("title.confirmation"))
    yield from parts.party(words.say("party.hotel"), document.hotel, words)
    yield parts.heading(words.say("stay.heading"))
    yield parts.facts(
        [
            (words.say("about.confirmation_code"), document.confirmation_code),
            (words.say("stay.state"), words.say(f"state.{document.state}")),
            (words.say("party.guest"), document.guest),
            *parts.stay(document, words),
            (words.say("about.issued"), words.instant(document.issue_time, document.time_zone)),
        ]
    )
    yield Spacer(1, parts.GAP)
    yield from parts.price(document, words)
    yield from parts.terms(document, words)
