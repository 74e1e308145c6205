"""Which city a name means, as far as the rule goes."""

from __future__ import annotations

import pytest

from services.search.gazetteer import Match, Place, PlaceNotFound, meaning


def match(place_id: int, population: int, *, primary: bool = True) -> Match:
    place = Place(
        id=place_id,
        display_name="Somewhere",
        region_code="AT",
        administrative_area="09",
        latitude=0,
        longitude=0,
        population=population,
        time_zone="Europe/Vienna",
    )
    return Match(place=place, primary=primary)


@pytest.mark.parametrize(
    ("matches", "place", "candidates"),
    [
        pytest.param([match(1, 0)], 1, [], id="the only one, even if nobody lives there"),
        pytest.param([match(1, 1000), match(2, 100)], 1, [2], id="ten times as large"),
        pytest.param([match(1, 999), match(2, 100)], None, [1, 2], id="not ten times as large"),
        pytest.param([match(2, 100), match(3, 10), match(1, 1000)], 1, [2, 3], id="in any order"),
        pytest.param([match(2, 500), match(1, 500)], None, [1, 2], id="two of one size"),
        pytest.param([match(1, 100), match(2, 900, primary=False)], 1, [2], id="own name before other names"),
        pytest.param(
            [match(1, 100), match(2, 1000, primary=False)], None, [2, 1], id="unless the other is by far larger"
        ),
        pytest.param(
            [match(1, 1000, primary=False), match(2, 100, primary=False)], 1, [2], id="other names among themselves"
        ),
        pytest.param(
            [match(1, 500), match(2, 400), match(3, 90_000, primary=False)], None, [3, 1, 2], id="all of them"
        ),
        pytest.param([match(1, 5), match(2, 0)], None, [1, 2], id="a handful against nobody"),
    ],
)
def test_the_city_that_is_by_far_the_largest_is_meant(
    matches: list[Match], place: int | None, candidates: list[int]
) -> None:
    found = meaning("Somewhere", matches)
    assert (found.place.id if found.place else None) == place
    assert [candidate.id for candidate in found.candidates] == candidates


def test_a_name_that_nobody_has_is_not_found() -> None:
    with pytest.raises(PlaceNotFound, match="Nowhere"):
        meaning("Nowhere", [])
