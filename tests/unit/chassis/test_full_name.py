"""Names of people as one, in whatever script."""

from __future__ import annotations

import unicodedata

import pytest

from chassis.full_name import full_name

LETTER_BY_LETTER = unicodedata.normalize("NFD", "민준")


@pytest.mark.parametrize(
    ("given", "family", "whole"),
    [
        pytest.param("Ada", "Lovelace", "Ada Lovelace", id="latin"),
        pytest.param(" Ada ", "Lovelace ", "Ada Lovelace", id="with spaces around"),
        pytest.param("Ada", "", "Ada", id="one name"),
        pytest.param("", "", "", id="none"),
        pytest.param("小明", "王", "王小明", id="chinese"),
        pytest.param("修", "諸葛", "諸葛修", id="chinese, a family name of two"),
        pytest.param("𠮷", "﨑", "﨑𠮷", id="rare characters"),
        pytest.param("小明", "", "小明", id="chinese, one name"),
        pytest.param("민준", "김", "김민준", id="korean"),
        pytest.param(LETTER_BY_LETTER, "김", f"김{LETTER_BY_LETTER}", id="korean, letter by letter"),
        pytest.param("たろう", "山田", "山田たろう", id="japanese"),
        pytest.param("レイ", "佐々木", "佐々木レイ", id="japanese, with marks"),
        pytest.param("Xiaoming", "Wang", "Xiaoming Wang", id="chinese in latin letters"),
        pytest.param("Mary", "王", "Mary 王", id="of two scripts"),
        pytest.param("1", "2", "1 2", id="no letters"),
        pytest.param("Дмитрий", "Иванов", "Дмитрий Иванов", id="cyrillic"),
    ],
)
def test_a_name_is_told_as_its_script_asks_for(given: str, family: str, whole: str) -> None:
    assert full_name(given, family) == whole
