"""The inventory in the database: room nights sold, given back, and counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import Date, Integer, bindparam, case, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from chassis.storage.session import Session
from services.booking.inventory import SoldOut, Stay
from services.booking.tables import ROOM_NIGHTS, ROOM_TYPES

# The same in SQLite and PostgreSQL.
_TAKE: Final = (
    text(
        "INSERT INTO room_nights (room_type, night, units, sold)"
        " VALUES (:room_type, :night, :units, 1)"
        " ON CONFLICT (room_type, night) DO UPDATE SET sold = room_nights.sold + 1"
        " RETURNING sold"
    )
    .bindparams(bindparam("night", type_=Date))
    .columns(sold=Integer)
)


def take(session: Session, room_type: str, stay: Stay, *, units: int) -> dict[date, int]:
    """Sells a room for each night of the stay; returns how many are sold now. Raises SoldOut.

    `units` is how many rooms there were when the stay was quoted; what the hotels service has announced counts more.
    Nights are taken in their order, so that no two stays wait for each other.
    """
    known = session.scalar(select(ROOM_TYPES.c.units).where(ROOM_TYPES.c.name == room_type))
    row = {"room_type": room_type, "units": units if known is None else known}
    return {night: _take(session, night, row) for night in stay.nights}


def _take(session: Session, night: date, row: dict[str, str | int]) -> int:
    try:
        return int(session.execute(_TAKE, row | {"night": night}).scalar_one())
    except IntegrityError:
        raise SoldOut(str(row["room_type"]), night) from None


def release(session: Session, room_type: str, stay: Stay) -> dict[date, int]:
    """Gives a room back for each night of the stay; returns how many are sold now."""
    return {
        night: session.execute(
            update(ROOM_NIGHTS)
            .where(ROOM_NIGHTS.c.room_type == room_type, ROOM_NIGHTS.c.night == night)
            .values(sold=ROOM_NIGHTS.c.sold - 1)
            .returning(ROOM_NIGHTS.c.sold)
        ).scalar_one()
        for night in stay.nights
    }


def sold(session: Session, room_type: str, stay: Stay) -> dict[date, int]:
    """How many rooms are sold, for those nights of the stay of which any ever was."""
    rows = session.execute(
        select(ROOM_NIGHTS.c.night, ROOM_NIGHTS.c.sold).where(
            ROOM_NIGHTS.c.room_type == room_type,
            ROOM_NIGHTS.c.night >= stay.check_in,
            ROOM_NIGHTS.c.night < stay.check_out,
        )
    )
    return {row.night: row.sold for row in rows}


def set_units(session: Session, hotel: str, units: Mapping[str, int]) -> None:
    """Takes in how many rooms of each type a hotel has now; a type that is not named has none any more.

    A night of which more are sold stays as it is, and sells no more.
    """
    before = {
        row.name: row.units
        for row in session.execute(select(ROOM_TYPES.c.name, ROOM_TYPES.c.units).where(ROOM_TYPES.c.hotel == hotel))
    }
    now = dict.fromkeys(before, 0) | dict(units)
    changed = {name: count for name, count in now.items() if before.get(name) != count}
    if not changed:
        return
    session.execute(delete(ROOM_TYPES).where(ROOM_TYPES.c.name.in_(changed)))
    session.execute(
        insert(ROOM_TYPES), [{"name": name, "hotel": hotel, "units": count} for name, count in changed.items()]
    )
    for name, count in changed.items():
        session.execute(
            update(ROOM_NIGHTS)
            .where(ROOM_NIGHTS.c.room_type == name)
            .values(units=case((ROOM_NIGHTS.c.sold > count, ROOM_NIGHTS.c.sold), else_=count))
        )
