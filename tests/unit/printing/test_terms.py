"""What a confirmation says of cancelling: what the plan gives back, once, and only while it can be cancelled."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.documents.document import Kind, Term
from services.documents.language import LANGUAGES
from services.documents.printing import printed
from services.documents.wording import wording
from tests.unit.printing.examples import document
from tests.unit.printing.reading import text

EARLY, LATE = (datetime(2026, 11, day, 23, tzinfo=UTC) for day in (21, 28))
LAPSED = ("CANCELLED", "CHECKED_IN", "CHECKED_OUT", "NO_SHOW")


def said(language: str, state: str = "CONFIRMED", *terms: Term) -> str:
    made = document(kind=Kind.CONFIRMATION, language=language, state=state, terms=terms, payment=None)
    return text(printed(made).content)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("percents", "sentences", "deadlines"),
    [
        pytest.param([], {"free"}, 0, id="free"),
        pytest.param([100, 50], {"after"}, 2, id="in-tiers"),
        pytest.param([100, 0], {"after"}, 1, id="nothing-in-the-last"),
        pytest.param([0], {"none"}, 0, id="nothing"),
        pytest.param([0, 0], {"none"}, 0, id="nothing-twice"),
    ],
)
def test_what_goes_back_is_told_once(language: str, percents: list[int], sentences: set[str], deadlines: int) -> None:
    terms = [Term(deadline, percent) for deadline, percent in zip((EARLY, LATE), percents, strict=False)]
    words, page = wording(language), said(language, "CONFIRMED", *terms)
    assert {key for key in ("free", "after", "none") if words.say(f"terms.{key}") in page} == sentences
    assert sum(words.instant(term.deadline, "Europe/Vienna") in page for term in terms) == deadlines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", LAPSED)
def test_what_cannot_be_cancelled_has_no_terms(language: str, state: str) -> None:
    assert wording(language).say("terms.heading") not in said(language, state, Term(LATE, 100))
