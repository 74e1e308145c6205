"""Everything in a contract is explained, in words that its name does not have already."""

from __future__ import annotations

import re
from typing import Final

import pytest

from contracts.image import Element, Proto
from tests.contract.declared import IMAGE, each

ENOUGH: Final = 2
"""How many words a comment has to add to the name and to the stop-words."""

STOP_WORDS: Final = frozenset(
    re.findall(
        r"\w+", "a an the this that these those it its is are be was were of to in on at by for from with and or as"
    )
)


@each(IMAGE.elements())
def test_a_comment_says_something(declared: Element[Proto]) -> None:
    assert len(news(declared)) >= ENOUGH, f"{declared.place}: {declared.proto.name}: {declared.comment!r}"


@pytest.mark.parametrize(
    ("name", "comment", "expected"),
    [
        pytest.param("request_id", "The request id.", set(), id="repeats a field"),
        pytest.param("CreateUser", "Creates a user.", set(), id="repeats a method"),
        pytest.param("", "", set(), id="nothing"),
        pytest.param("email", "Where mail reaches the person.", {"where", "mail", "reache", "person"}, id="explains"),
    ],
)
def test_words_that_are_new(name: str, comment: str, expected: set[str]) -> None:
    assert words(comment) - words(name) - STOP_WORDS == expected


def news(element: Element[Proto]) -> set[str]:
    return words(element.comment) - words(element.proto.name) - STOP_WORDS


def words(text: str) -> set[str]:
    """The words of a sentence, of a camelCase or of a snake_case name, with the s of plurals and verbs cut off."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).replace("_", " ")
    lower = (word.lower() for word in re.findall(r"[^\W\d]+", split))
    return {word if word in STOP_WORDS or len(word) < 4 else word.removesuffix("s") for word in lower}
