"""Every letter in every language: the facts that somebody needs are there, in text and in HTML alike."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from services.notifications.letters import to_guests, to_hotels
from services.notifications.letters.foreign import Foreign
from services.notifications.letters.letter import Link
from services.notifications.letters.rendering import Rendered, Rendering
from services.notifications.letters.words import LANGUAGES, words
from tests.unit.notifications.letters.examples import LETTERS, LINK, STAY

RENDERING = Rendering()
AMOUNT = {"en": "1,320.55\xa0EUR", "zh": "1,320.55\xa0EUR", "pt": "1.320,55\xa0EUR"}
COUNTRY = {"en": "Austria", "zh": "奥地利", "pt": "Áustria"}
CHECK_IN = {"en": "Saturday, May 1, 2027", "zh": "2027年5月1日星期六", "pt": "sábado, 1 de maio de 2027"}
DEADLINE = {
    "en": "Friday, April 30, 2027, 23:59",
    "zh": "2027年4月30日星期五 23:59",
    "pt": "sexta-feira, 30 de abril de 2027, 23:59",
}
PRICED = (
    "confirmed",
    "confirmed-unpaid",
    "failed",
    "expired",
    "cancelled",
    "cancelled-pending",
    "receipt",
    "receipt-refunded",
)
WITH_STAY = tuple(name for name in LETTERS if name != "welcome")
HOSTILE = '<script>alert("1")</script> {{7*7}} {hotel} %s\r\nBcc: eve@example.com'


def written(name: str, language: str) -> Rendered:
    return RENDERING.render(LETTERS[name](words(language)))


def shown(html: str) -> str:
    """What somebody reads of a page."""
    body = html[html.index("<body") :]
    return unescape(re.sub(r"<[^>]+>", " ", body))


def squeezed(text: str) -> str:
    return re.sub(r"[\s:\-\u2068\u2069]+", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
class TestEveryLetter:
    def test_has_a_subject_of_one_line_and_its_language(self, name: str, language: str) -> None:
        rendered = written(name, language)
        assert rendered.subject
        assert len(rendered.subject.splitlines()) == 1
        assert f'<html lang="{language}" dir="ltr">' in rendered.html

    def test_says_the_same_as_text_and_as_html(self, name: str, language: str) -> None:
        rendered = written(name, language)
        letter = LETTERS[name](words(language))
        html = squeezed(shown(rendered.html).replace(LINK, ""))
        for line in rendered.text.splitlines():
            assert squeezed(line.replace(LINK, "")) in html, line
        assert str(letter.title) in shown(rendered.html)

    def test_leaves_no_place_open_and_no_template_in_it(self, name: str, language: str) -> None:
        rendered = written(name, language)
        assert not re.search(r"\{\w*\}|\{\{|\{%|\bNone\b|Phrase\(|Foreign\(", rendered.text + shown(rendered.html))

    def test_needs_nothing_from_elsewhere(self, name: str, language: str) -> None:
        html = written(name, language).html
        assert not re.search(r"<(script|img|link|iframe|form|style)\b", html)
        assert set(re.findall(r"https?://[^\s\"<]+", html)) <= {LINK}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WITH_STAY)
def test_says_which_stay_it_is_about(name: str, language: str) -> None:
    rendered = written(name, language)
    assert CHECK_IN[language] in rendered.text
    assert "Sacher" in rendered.text
    assert "K7Q2M9XA" in rendered.text or name in ("failed", "expired")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PRICED)
def test_says_how_much(name: str, language: str) -> None:
    assert AMOUNT[language] in written(name, language).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_confirmation_has_every_line_of_the_bill_and_every_deadline(language: str) -> None:
    text = written("confirmed", language).text
    said = words(language)
    for _, amount in (*STAY.nights, *STAY.taxes, ("", STAY.total)):
        assert said.money(amount) in text
    assert DEADLINE[language] in text
    assert said.percent(50) in text
    assert "MwSt" in text
    assert "Zimmer 4711" in text
    assert f"Philharmoniker Straße 4, 1010 Wien, {COUNTRY[language]}" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("percents", "told", "deadlines"),
    [
        pytest.param([], "free", 0, id="free"),
        pytest.param([100, 50], "after", 2, id="in-tiers"),
        pytest.param([100, 0], "after", 1, id="nothing-in-the-last"),
        pytest.param([0], "none", 0, id="nothing"),
    ],
)
def test_what_goes_back_is_told_once(language: str, percents: list[int], told: str, deadlines: int) -> None:
    said = words(language)
    terms = [(at, percent) for (at, _), percent in zip(STAY.deadlines, percents, strict=False)]
    text = RENDERING.render(to_guests.confirmed(said, replace(STAY, deadlines=terms))).text
    keys = ("free", "after", "none")
    assert [key for key in keys if str(said.say(f"terms.{key}")) in text] == [told]
    assert sum(str(said.instant(at, STAY.time_zone)) in text for at, _ in terms) == deadlines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["hotel-booked", "hotel-booked-again"])
def test_a_notice_has_the_link_and_the_time(name: str, language: str) -> None:
    rendered = written(name, language)
    assert LINK in rendered.text
    assert f'href="{LINK}"' in rendered.html
    assert "30" in rendered.text


def test_a_hotel_without_a_second_address_is_not_threatened_with_it() -> None:
    letter = to_hotels.booked(words("en"), STAY, acknowledge=LINK, minutes=30, second_address=False)
    assert "second address" not in RENDERING.render(letter).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_other_language_is_in_it(language: str) -> None:
    for name in LETTERS:
        text = written(name, language).text.replace(LINK, "")
        for word in (
            "Sacher",
            "Ada",
            "Lovelace",
            "K7Q2M9XA",
            "Philharmoniker",
            "Straße",
            "Wien",
            "EUR",
            "MwSt",
            "Zimmer",
            "Innkeeper",
        ):
            text = text.replace(word, "")
        if language == "zh":
            assert not re.search("[A-Za-z]", text), name
        else:
            assert not re.search("[\u4e00-\u9fff]", text), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_are_nothing_but_names(language: str) -> None:
    hostile = Foreign(HOSTILE)
    stay = replace(
        STAY, hotel=hostile, lead_guest=hostile, room=hostile, address=[hostile], taxes=[(hostile, STAY.total)]
    )
    said = words(language)
    for letter in (
        to_guests.confirmed(said, stay),
        to_guests.welcome(said, hostile),
        to_hotels.booked(said, stay, acknowledge=LINK, minutes=30, second_address=True),
    ):
        rendered = RENDERING.render(letter)
        assert "<script" not in rendered.html
        assert "49" not in rendered.text
        assert not any(line.startswith("Bcc:") for line in rendered.text.splitlines())
        assert "\n" not in rendered.subject
        assert "\r" not in rendered.subject
    text = RENDERING.render(to_guests.confirmed(said, stay)).text
    assert '<script>alert("1")</script> {{7*7}} {hotel} %s Bcc: eve@example.com' in text


def test_a_name_from_right_to_left_turns_nothing_round() -> None:
    arabic = Foreign("فندق \u202eالشرق")
    rendered = RENDERING.render(to_guests.confirmed(words("en"), replace(STAY, hotel=arabic)))
    assert "\u2068فندق الشرق\u2069 expects you" in rendered.text
    assert "<bdi>فندق الشرق</bdi> expects you" in rendered.html
    assert "\u202e" not in rendered.text + rendered.html + rendered.subject
    assert rendered.subject == "Confirmed: فندق الشرق, May 1, 2027"


@pytest.mark.parametrize(
    "name",
    [
        "Win http://evil.example",
        "see www.evil.example",
        "You won: evil.example",
        "a@evil.example",
        pytest.param(" \n ", id="spaces"),
        pytest.param("\u200b\u2060", id="nothing that can be seen"),
    ],
)
def test_who_gives_an_address_for_a_name_or_none_is_not_greeted_by_it(name: str) -> None:
    text = RENDERING.render(to_guests.welcome(words("en"), Foreign(name))).text
    assert text.startswith("Dear guest,\n")
    assert "evil" not in text


def test_who_can_unsubscribe_is_told_how() -> None:
    said = words("pt")
    rendered = RENDERING.render(LETTERS["reminder"](said), Link(said.say("reason.unsubscribe"), LINK))
    assert f"Não receber mais lembretes: {LINK}" in rendered.text
    assert f'href="{LINK}"' in rendered.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("acknowledged", "stands", "asks"),
    [
        pytest.param(None, True, True, id="open"),
        pytest.param(datetime(2027, 4, 1, 11, tzinfo=UTC), True, False, id="acknowledged"),
        pytest.param(None, False, False, id="cancelled"),
        pytest.param(datetime(2027, 4, 1, 11, tzinfo=UTC), False, False, id="acknowledged-then-cancelled"),
    ],
)
def test_the_page_of_a_notice_asks_while_there_is_something_to_acknowledge(
    language: str, acknowledged: datetime | None, stands: bool, asks: bool
) -> None:
    page = to_hotels.page(words(language), STAY, acknowledged=acknowledged, stands=stands)
    assert (page.action is not None) is asks
    said = " ".join(f"{label} {value}" for label, value in page.facts)
    assert "Ada" not in said
    assert CHECK_IN[language] in said
    assert ("13:00" in str(page.text)) is (acknowledged is not None)
