"""The copy of the catalogue: which hotels there are, which rooms they have, and how many of those are sold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, and_, delete, func, insert, or_, select

from chassis.storage.session import Session
from services.search.geo import Box, Point
from services.search.tables import HOTELS, ROOM_TYPES, SOLD_NIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotel:
    """A hotel as the search shows it."""

    name: str
    display_name: str
    location: Point
    time_zone: str
    stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomType:
    """How many guests one room of the type takes, and how many such rooms the hotel has."""

    name: str
    capacity: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancy:
    """A hotel with at least one room free for the whole of a stay: by room type, how many."""

    hotel: Hotel
    free_rooms: Mapping[str, int]


def put_hotel(session: Session, hotel: Hotel, room_types: Sequence[RoomType], sequence: int) -> None:
    """Store a hotel and its room types as an event has them, unless a later event was here before."""
    known = session.scalar(select(HOTELS.c.sequence).where(HOTELS.c.name == hotel.name))
    if known is not None and known >= sequence:
        return
    session.execute(delete(ROOM_TYPES).where(ROOM_TYPES.c.hotel == hotel.name))
    session.execute(delete(HOTELS).where(HOTELS.c.name == hotel.name))
    session.execute(
        insert(HOTELS).values(
            name=hotel.name,
            display_name=hotel.display_name,
            latitude=hotel.location.latitude,
            longitude=hotel.location.longitude,
            time_zone=hotel.time_zone,
            stars=hotel.stars,
            sequence=sequence,
        )
    )
    rows = [
        {"name": part.name, "hotel": hotel.name, "capacity": part.capacity, "units": part.units} for part in room_types
    ]
    if rows:
        session.execute(insert(ROOM_TYPES), rows)


def put_sales(session: Session, room_type: str, sold: Mapping[date, int], sequence: int) -> None:
    """Store how many rooms are sold on some nights, but for nights of which a later event has told."""
    this = SOLD_NIGHTS.c.room_type == room_type
    known = select(SOLD_NIGHTS.c.night, SOLD_NIGHTS.c.sequence).where(this, SOLD_NIGHTS.c.night.in_(sold))
    later = {row.night for row in session.execute(known) if row.sequence >= sequence}
    rows = [
        {"room_type": room_type, "night": night, "sold": count, "sequence": sequence}
        for night, count in sold.items()
        if night not in later
    ]
    if rows:
        session.execute(delete(SOLD_NIGHTS).where(this, SOLD_NIGHTS.c.night.in_([row["night"] for row in rows])))
        session.execute(insert(SOLD_NIGHTS), rows)


def forget_nights(session: Session, before: date) -> None:
    """Drop the sales of nights that nobody can book any more."""
    session.execute(delete(SOLD_NIGHTS).where(SOLD_NIGHTS.c.night < before))


def vacancies(session: Session, boxes: Iterable[Box], *, check_in: date, check_out: date, guests: int) -> list[Vacancy]:
    """The hotels in the boxes that have a room for so many guests free on every night `[check_in, check_out)`."""
    sold = (
        select(func.coalesce(func.max(SOLD_NIGHTS.c.sold), 0))
        .where(
            SOLD_NIGHTS.c.room_type == ROOM_TYPES.c.name,
            SOLD_NIGHTS.c.night >= check_in,
            SOLD_NIGHTS.c.night < check_out,
        )
        .scalar_subquery()
    )
    free = ROOM_TYPES.c.units - sold
    inside = or_(
        *(
            and_(
                HOTELS.c.latitude.between(box.south, box.north),
                HOTELS.c.longitude.between(box.west, box.east),
            )
            for box in boxes
        )
    )
    query = (
        select(HOTELS, ROOM_TYPES.c.name.label("room_type"), free.label("free"))
        .join(ROOM_TYPES, ROOM_TYPES.c.hotel == HOTELS.c.name)
        .where(inside, ROOM_TYPES.c.capacity >= guests, free > 0)
    )
    hotels: dict[str, Hotel] = {}
    free_rooms: dict[str, dict[str, int]] = {}
    for row in session.execute(query).mappings():
        name = row["name"]
        if name not in hotels:
            hotels[name] = _hotel(row)
        free_rooms.setdefault(name, {})[row["room_type"]] = row["free"]
    return [Vacancy(hotel=hotel, free_rooms=free_rooms[name]) for name, hotel in hotels.items()]


def _hotel(row: RowMapping) -> Hotel:
    return Hotel(
        name=row["name"],
        display_name=row["display_name"],
        location=Point(row["latitude"], row["longitude"]),
        time_zone=row["time_zone"],
        stars=row["stars"],
    )
