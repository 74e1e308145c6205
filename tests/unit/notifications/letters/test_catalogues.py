"""What a translator may forget."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import services.notifications as service
from services.notifications.letters.words import DIRECTORY, LANGUAGES, phrases

OTHERS = LANGUAGES[1:]
OURS = re.compile(r"Innkeeper|e-mails?|E-mails?|link|hotel|Hotel")
"""Words that are the same in several languages."""


def places(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}


def test_there_is_a_file_for_each_language_and_no_other() -> None:
    assert sorted(path.stem for path in DIRECTORY.glob("*.toml")) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_there_is_none_too_many(language: str) -> None:
    assert phrases(language).keys() == phrases("en").keys()


@pytest.mark.parametrize("language", OTHERS)
def test_each_sentence_has_the_places_of_the_english_one(language: str) -> None:
    said = phrases(language)
    assert {key: places(said[key]) for key in said} == {key: places(text) for key, text in phrases("en").items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_has_more_than_one_line(language: str) -> None:
    assert [key for key, text in phrases(language).items() if not text.strip() or "\n" in text] == []


@pytest.mark.parametrize("language", OTHERS)
def test_none_is_left_in_english(language: str) -> None:
    english = set(phrases("en").values())
    assert [key for key, text in phrases(language).items() if text in english] == []


def test_chinese_sentences_have_no_latin_words_but_our_name() -> None:
    left = {key: OURS.sub("", re.sub(r"\{\w+\}", "", text)) for key, text in phrases("zh").items()}
    assert {key: text for key, text in left.items() if re.search("[A-Za-z]", text)} == {}


def test_portuguese_sentences_have_no_english_words() -> None:
    english = {word for text in phrases("en").values() for word in words_of(text)}
    shared = {"a", "as", "do", "e", "for", "local", "mail", "min", "no", "o", "total"}
    found = {key: set(words_of(OURS.sub("", text))) & english - shared for key, text in phrases("pt").items()}
    assert {key: words for key, words in found.items() if words} == {}


def test_every_sentence_is_said_somewhere() -> None:
    code = "".join(path.read_text() for path in Path(service.__path__[0]).rglob("*.py"))
    dynamic = re.compile(r"^(board|failed|expired)\.|\.(subject|title)$")
    unsaid = [key for key in phrases("en") if f'"{key}"' not in code and not dynamic.search(key)]
    assert unsaid == []


def test_a_section_is_there_once() -> None:
    for language in LANGUAGES:
        tomllib.loads((DIRECTORY / f"{language}.toml").read_text())  # raises where one stands there twice


def words_of(text: str) -> Iterator[str]:
    yield from re.findall(r"[a-záàâãéêíóôõúç]+", re.sub(r"\{\w+\}", "", text.lower()))
