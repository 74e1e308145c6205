"""Which spellings of a name are one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.names import NameFolding

FOLDED = NameFolding()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vienna", "VIENNA"),
        ("Zürich", "zurich"),
        ("Saint-Étienne", "Saint Etienne"),
        ("Saint‐Étienne", "Saint–Etienne"),
        ("St. Pölten", "st polten"),
        ("Weißenfels", "WEISSENFELS"),
        ("İzmir", "izmir"),
        ("Xi'an", "Xi’an"),
        ("  New   York ", "new york"),
        ("Washington, D.C.", "Washington DC"),
        ("維也納", "维也纳"),
        ("紐約", "纽约"),
        ("ＴＯＫＹＯ", "Tokyo"),
        ("Αθήνα", "ΑΘΗΝΑ"),
        ("Орёл", "орел"),
    ],
)
def test_spellings_that_are_one(one: str, other: str) -> None:
    assert FOLDED(one) == FOLDED(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Vienna", "Vienne"), ("दिल्ली", "दल्ल"), ("York", "New York")])
def test_names_that_differ(one: str, other: str) -> None:
    assert FOLDED(one) != FOLDED(other)


@pytest.mark.parametrize("name", ["", "  ", "…", "?!", "\u0301"])
def test_nothing_is_left_of_what_is_no_name(name: str) -> None:
    assert FOLDED(name) == ""


@given(st.text())
def test_a_folded_name_has_no_space_to_spare(name: str) -> None:
    folded = FOLDED(name)
    assert folded == " ".join(folded.split())
