"""The hotels near a point that a guest could still book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.storage.session import Session
from services.search import catalogue
from services.search.catalogue import Vacancy
from services.search.geo import Point, boxes, distance
from services.search.stay import Stay, today_in

MOST = 500
"""Hotels that are priced for one search, the nearest of those that fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A hotel with a room free, and how many metres away it is."""

    vacancy: Vacancy
    distance: int


def find(session: Session, centre: Point, radius: int, stay: Stay, now: datetime) -> list[Nearby]:
    """The nearest hotels within so many metres that have a room free and where the check-in day is not over."""
    found = [
        (distance(centre, vacancy.hotel.location), vacancy)
        for vacancy in catalogue.vacancies(
            session,
            boxes(centre, radius),
            check_in=stay.check_in,
            check_out=stay.check_out,
            guests=stay.guests,
        )
        if today_in(vacancy.hotel.time_zone, now) <= stay.check_in
    ]
    near = sorted((metres, vacancy.hotel.name, vacancy) for metres, vacancy in found if metres <= radius)
    return [Nearby(vacancy=vacancy, distance=round(metres)) for metres, _, vacancy in near[:MOST]]
