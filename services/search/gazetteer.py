"""Which city a name means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.refusal import Refusal

BY_FAR = 10
"""How many times as many people make a city the one that is meant."""


class PlaceNotFound(Refusal):
    """The gazetteer knows no such city."""

    reason = "PLACE_NOT_FOUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A city of the gazetteer, by its GeoNames id."""

    id: int
    display_name: str
    region_code: str
    administrative_area: str
    latitude: float
    longitude: float
    population: int
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A city that has a name: as the one that most people use, or as another."""

    place: Place
    primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The city that a name means, or None where it may mean several; and the others, the largest first."""

    place: Place | None
    candidates: tuple[Place, ...]


def meaning(name: str, matches: Sequence[Match]) -> Meaning:
    """Which of the cities that have the name is meant: the one that is by far the largest.

    A city of that very name comes before all that have it as another name (Milan is in Italy, though Syracuse was
    called so), unless one of those is by far larger still: then nobody can tell (Vienne is a city in France, and French
    for Vienna).
    Raises PlaceNotFound where no city has the name.
    """
    if not matches:
        raise PlaceNotFound(f"the gazetteer knows no city of the name {name}")
    ranked = sorted(matches, key=lambda match: (-match.place.population, match.place.id))
    named_so = [match.place for match in ranked if match.primary]
    otherwise = [match.place for match in ranked if not match.primary]
    first, *rest = named_so or otherwise
    certain = not rest or _by_far_larger(first, rest[0])
    if named_so and otherwise and _by_far_larger(otherwise[0], first):
        certain = False
    return Meaning(
        place=first if certain else None,
        candidates=tuple(match.place for match in ranked if not certain or match.place is not first),
    )


def _by_far_larger(one: Place, other: Place) -> bool:
    return one.population >= BY_FAR * max(other.population, 1)
