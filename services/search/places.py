"""The gazetteer's tables: loaded once from the installed edition, then asked by name and by id.

It stands in the database, and not in memory: a third of a million names would cost every process 100 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import RowMapping, delete, insert, select

from chassis.storage.session import Session
from services.search.gazetteer import Match, Place, PlaceNotFound
from services.search.geonames import City
from services.search.names import NameFolding
from services.search.tables import EDITIONS, PLACE_NAMES, PLACES

CHUNK = 500
"""Cities written at a time."""


def loaded_edition(session: Session) -> str:
    """What the gazetteer was loaded from; empty where it was not yet."""
    return session.scalar(select(EDITIONS.c.edition)) or ""


def load(session: Session, cities: Iterable[City], folded: NameFolding, edition: str) -> None:
    """Make the gazetteer that of these cities, unless it is of their edition already."""
    if loaded_edition(session) == edition:
        return
    for table in (PLACE_NAMES, PLACES, EDITIONS):
        session.execute(delete(table))
    for chunk in _chunks(cities):
        session.execute(insert(PLACES), [_place_row(city) for city in chunk])
        session.execute(insert(PLACE_NAMES), [row for city in chunk for row in _name_rows(city, folded)])
    session.execute(insert(EDITIONS).values(edition=edition))


def matches(session: Session, folded_name: str, region_code: str) -> list[Match]:
    """The cities that have the name; those of one country where `region_code` is not empty."""
    query = (
        select(PLACES, PLACE_NAMES.c.is_primary)
        .join(PLACE_NAMES, PLACE_NAMES.c.place == PLACES.c.id)
        .where(PLACE_NAMES.c.folded == folded_name)
    )
    if region_code:
        query = query.where(PLACES.c.region_code == region_code)
    return [Match(place=_place(row), primary=row["is_primary"]) for row in session.execute(query).mappings()]


def place(session: Session, place_id: int) -> Place:
    """The city of that GeoNames id. Raises PlaceNotFound."""
    row = session.execute(select(PLACES).where(PLACES.c.id == place_id)).mappings().one_or_none()
    if row is None:
        raise PlaceNotFound(f"the gazetteer knows no places/{place_id}")
    return _place(row)


def _chunks(cities: Iterable[City]) -> Iterator[list[City]]:
    remaining = iter(cities)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _place_row(city: City) -> dict[str, object]:
    return {
        "id": city.id,
        "display_name": city.name,
        "region_code": city.region_code,
        "administrative_area": city.administrative_area,
        "latitude": city.latitude,
        "longitude": city.longitude,
        "population": city.population,
        "time_zone": city.time_zone,
    }


def _name_rows(city: City, folded: NameFolding) -> Iterator[dict[str, object]]:
    primary = folded(city.name)
    for name in {primary, *map(folded, city.other_names)} - {""}:
        yield {"folded": name, "place": city.id, "is_primary": name == primary}


def _place(row: RowMapping) -> Place:
    return Place(
        id=row["id"],
        display_name=row["display_name"],
        region_code=row["region_code"],
        administrative_area=row["administrative_area"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        population=row["population"],
        time_zone=row["time_zone"],
    )
