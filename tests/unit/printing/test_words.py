"""The catalogues of words, and how languages write dates and amounts."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime

import pytest

from innkeeper.booking.v1.booking_pb2 import Booking
from innkeeper.hotels.v1.hotels_pb2 import Board
from services.documents.document import Kind
from services.documents.language import LANGUAGES, chosen, language_of
from services.documents.messages import CERTAIN
from services.documents.wording import DIRECTORY, texts, wording


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_is_a_catalogue_for_each_language() -> None:
    assert {path.stem for path in DIRECTORY.glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_what_english_says(language: str) -> None:
    english, said = texts("en"), texts(language)
    assert said.keys() == english.keys()
    assert {key: places(text) for key, text in said.items()} == {key: places(text) for key, text in english.items()}
    assert all(text.strip() for text in said.values())


def test_whatever_the_contract_says_has_words() -> None:
    needed = {f"board.{name.removeprefix('BOARD_')}" for name in Board.keys()}  # noqa: SIM118 - no dict
    needed |= {f"state.{Booking.State.Name(state).removeprefix('STATE_')}" for state in CERTAIN}
    needed |= {f"title.{kind}" for kind in Kind}
    assert needed <= texts("en").keys()


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("pt-BR", "pt"), ("zh-Hant-TW", "zh"), ("ZH", "zh"), ("fr", "en"), ("", "en"), ("ptx", "en"), ("en-XX", "en")],
)
def test_a_language_is_chosen_by_what_its_tag_begins_with(wanted: str, language: str) -> None:
    assert language_of(wanted) == wording(wanted).language == language


def test_the_first_that_there_is_of_several() -> None:
    assert chosen(["fr", "", "pt-PT", "zh"]) == "pt-PT"
    assert chosen(["fr", "de"]) == "en"


@pytest.mark.parametrize(
    ("tag", "day", "money"),
    [
        ("en", "Tuesday, December 1, 2026", "1,234,567.80\u00a0EUR"),
        ("pt", "terça-feira, 1 de dezembro de 2026", "1.234.567,80\u00a0EUR"),
        ("zh", "2026年12月1日星期二", "1,234,567.80\u00a0EUR"),
    ],
)
def test_dates_and_amounts_are_written_as_the_language_writes_them(tag: str, day: str, money: str) -> None:
    words = wording(tag)
    assert words.day(date(2026, 12, 1)) == day
    assert words.money(123_456_780, "EUR", 2) == money


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Shanghai", "Asia/Shanghai"), ("", "UTC"), ("../..", "UTC")])
def test_a_time_is_that_of_the_hotel(zone: str, shown: str) -> None:
    said = wording("en").instant(datetime(2026, 12, 31, 22, 5, tzinfo=UTC), zone)
    assert said == ("January 1, 2027, 06:05" if zone.startswith("Asia") else "December 31, 2026, 22:05") + f" ({shown})"
