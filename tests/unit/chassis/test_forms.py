"""Patterns in words."""

from __future__ import annotations

import pytest

from chassis.forms import ID, asked

OF_ID = "of 1 to 63 letters a-z, digits and dashes, the first no dash"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        pytest.param(f"^users/{ID}$", f"must have the form users/{{id}}, the id {OF_ID}", id="a name"),
        pytest.param(f"^users/{ID}/erasure$", f"must have the form users/{{id}}/erasure, the id {OF_ID}", id="a part"),
        pytest.param(
            f"^hotels/{ID}/roomTypes/{ID}$",
            f"must have the form hotels/{{id}}/roomTypes/{{id}}, each id {OF_ID}",
            id="a name below another",
        ),
        pytest.param("^[A-Z]{2}$", "must be a country code of ISO 3166-1: two capitals, such as AT", id="a code"),
        pytest.param("^[0-9]+x$", "must match ^[0-9]+x$", id="none that has words"),
    ],
)
def test_a_pattern_in_words(pattern: str, words: str) -> None:
    assert asked(pattern) == words
