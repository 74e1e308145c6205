"""The gazetteer of the installed edition: loaded once, and asked as travellers ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from services.search import places
from services.search.gazetteer import Meaning, PlaceNotFound, meaning
from services.search.geonames import cities, edition
from services.search.names import NameFolding
from services.search.stay import today_in
from services.search.tables import METADATA
from tests.unit.hotels.listings import NOW

FOLDED = NameFolding()
MOST_GROWTH = 40 * 2**20
"""Bytes; the package's own reader keeps 60 MB, and the names as Python strings would take 100 MB."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('places') / Path('places.db')}")
    METADATA.create_all(engine)
    with Session(engine) as session:
        before = psutil.Process().memory_info().rss
        places.load(session, cities(), FOLDED, edition())
        session.commit()
        session.info["growth"] = psutil.Process().memory_info().rss - before
        yield session
    engine.dispose()


def asked(session: Session, name: str, region_code: str = "") -> Meaning:
    return meaning(name, places.matches(session, FOLDED(name), region_code))


@pytest.mark.parametrize(
    ("name", "region_code", "expected"),
    [
        ("Vienna", "", "Vienna AT"),
        ("Wien", "", "Vienna AT"),
        ("wien", "", "Vienna AT"),
        ("维也纳", "", "Vienna AT"),
        ("維也納", "", "Vienna AT"),
        ("ウィーン", "", "Vienna AT"),
        ("Вена", "", "Vienna AT"),
        ("Vienna", "US", "Vienna US"),
        ("Paris", "", "Paris FR"),
        ("Paris", "US", "Paris US"),
        ("London", "", "London GB"),
        ("London", "CA", "London CA"),
        ("Milano", "", "Milan IT"),
        ("Milan", "", "Milan IT"),
        ("Barcelona", "ES", "Barcelona ES"),
        ("Zurich", "", "Zürich CH"),
        ("Zuerich", "", "Zürich CH"),
        ("Roma", "", "Rome IT"),
        ("Lisboa", "", "Lisbon PT"),
        ("new york", "", "New York City US"),
        ("Cancun", "", "Cancún MX"),
        ("東京", "", "Tokyo JP"),
    ],
)
def test_a_name_in_any_language_finds_its_city(session: Session, name: str, region_code: str, expected: str) -> None:
    place = asked(session, name, region_code).place
    assert place is not None
    assert f"{place.display_name} {place.region_code}" == expected


@pytest.mark.parametrize(
    ("name", "among"),
    [
        ("Springfield", "Springfield US"),
        ("Barcelona", "Barcelona ES"),
        ("Vienne", "Vienna AT"),
        ("Vienne", "Vienne FR"),
    ],
)
def test_a_name_that_may_mean_several_gives_them_to_choose_from(session: Session, name: str, among: str) -> None:
    found = asked(session, name)
    assert found.place is None
    assert among in [f"{place.display_name} {place.region_code}" for place in found.candidates]
    assert [place.population for place in found.candidates] == sorted(
        (place.population for place in found.candidates), reverse=True
    )


def test_the_others_of_the_name_are_told_as_well(session: Session) -> None:
    assert [place.region_code for place in asked(session, "Vienna").candidates] == ["US"]


@pytest.mark.parametrize(("name", "region_code"), [("Veinna", ""), ("Vienna", "FR"), ("?!", ""), ("' OR 1=1 --", "")])
def test_a_name_that_is_none_is_not_found(session: Session, name: str, region_code: str) -> None:
    with pytest.raises(PlaceNotFound):
        asked(session, name, region_code)


def test_a_city_is_known_by_its_geonames_id(session: Session) -> None:
    assert places.place(session, 2761369).display_name == "Vienna"
    with pytest.raises(PlaceNotFound):
        places.place(session, 1)


def test_it_knows_what_it_was_loaded_from(session: Session) -> None:
    assert places.loaded_edition(session) == edition()


def test_it_does_not_stay_in_memory(session: Session) -> None:
    assert session.info["growth"] < MOST_GROWTH


def test_every_city_has_a_time_zone_that_is_known() -> None:
    for time_zone in {city.time_zone for city in cities()}:
        assert today_in(time_zone, NOW)


def test_a_newer_edition_takes_the_place_of_the_older() -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    vienna = next(city for city in cities() if city.id == 2761369)
    with Session(engine) as session:
        places.load(session, [vienna], FOLDED, "older")
        places.load(session, [vienna], FOLDED, "newer")
        assert places.loaded_edition(session) == "newer"
        assert asked(session, "Wien").candidates == ()
    engine.dispose()
