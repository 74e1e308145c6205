"""The queries of the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import RowMapping, Table, bindparam, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from chassis.refusal import AlreadyExists, EtagMismatch, NotFound
from chassis.storage.session import Session
from services.hotels.hotel import Hotel
from services.hotels.listing import Listing
from services.hotels.rate_plan import RatePlan
from services.hotels.room_type import RoomType
from services.hotels.rows import hotel_of, hotel_row, rate_plan_of, rate_plan_row, room_type_of, room_type_row
from services.hotels.tables import HOTELS, RATE_PLANS, ROOM_TYPES

T = TypeVar("T")
# Made once: to make a statement takes longer than to carry it out, and these are for every quote and every mail.
_OF_NAME: Final = {
    table: select(table).where(table.c.name == bindparam("of")) for table in (HOTELS, ROOM_TYPES, RATE_PLANS)
}
Part = Hotel | RoomType | RatePlan


def hotel(session: Session, name: str) -> Hotel:
    """The hotel of that name. Raises NotFound."""
    return hotel_of(_one(session, HOTELS, name))


def room_type(session: Session, name: str) -> RoomType:
    """The room type of that name. Raises NotFound."""
    return room_type_of(_one(session, ROOM_TYPES, name))


def rate_plan(session: Session, name: str) -> RatePlan:
    """The rate plan of that name. Raises NotFound."""
    return rate_plan_of(_one(session, RATE_PLANS, name))


def hotels(session: Session, *, after: str | None, limit: int) -> list[Hotel]:
    """Up to `limit` hotels by name, from after that name."""
    return _page(session, HOTELS, hotel_of, after=after, limit=limit)


def room_types(session: Session, of: str, *, after: str | None, limit: int) -> list[RoomType]:
    """Up to `limit` room types of a hotel by name, from after that name. Raises NotFound for the hotel."""
    return _page(session, ROOM_TYPES, room_type_of, after=after, limit=limit, of=of)


def rate_plans(session: Session, of: str, *, after: str | None, limit: int) -> list[RatePlan]:
    """Up to `limit` rate plans of a hotel by name, from after that name. Raises NotFound for the hotel."""
    return _page(session, RATE_PLANS, rate_plan_of, after=after, limit=limit, of=of)


def listings(session: Session, names: Sequence[str]) -> dict[str, Listing]:
    """The listings of the hotels that exist, by hotel name: three queries, however many hotels."""
    rooms: defaultdict[str, list[RoomType]] = defaultdict(list)
    plans: defaultdict[str, list[RatePlan]] = defaultdict(list)
    for row in _of_hotels(session, ROOM_TYPES, names):
        rooms[row["hotel"]].append(room_type_of(row))
    for row in _of_hotels(session, RATE_PLANS, names):
        plans[row["hotel"]].append(rate_plan_of(row))
    found = session.execute(select(HOTELS).where(HOTELS.c.name.in_(names))).mappings()
    return {
        row["name"]: Listing(
            hotel=hotel_of(row), room_types=tuple(rooms[row["name"]]), rate_plans=tuple(plans[row["name"]])
        )
        for row in found
    }


def add(session: Session, part: Part) -> None:
    """Store something new. Raises AlreadyExists, and NotFound for the hotel or the room type that it belongs to."""
    if not isinstance(part, Hotel):
        _require(session, HOTELS, part.hotel)
    if isinstance(part, RatePlan):
        _require(session, ROOM_TYPES, part.room_type)
    table, row = _row(part)
    try:
        with session.begin_nested():
            session.execute(insert(table).values(row))
    except IntegrityError:
        raise AlreadyExists(part.name) from None


def put(session: Session, part: Part) -> None:
    """Store the next revision of something. Raises EtagMismatch where another was first."""
    table, row = _row(part)
    previous = (table.c.name == part.name) & (table.c.revision == part.revision - 1)
    if not session.execute(update(table).where(previous).values(row).returning(table.c.name)).all():
        raise EtagMismatch(part.name)


def replace(session: Session, changed: Iterable[Listing]) -> None:
    """Store listings as they are now, in place of what there was under their names."""
    listed = list(changed)
    names = [listing.hotel.name for listing in listed]
    for table, column in ((RATE_PLANS, "hotel"), (ROOM_TYPES, "hotel"), (HOTELS, "name")):
        session.execute(delete(table).where(table.c[column].in_(names)))
    _insert(session, HOTELS, [hotel_row(listing.hotel) for listing in listed])
    _insert(session, ROOM_TYPES, [room_type_row(part) for listing in listed for part in listing.room_types])
    _insert(session, RATE_PLANS, [rate_plan_row(part) for listing in listed for part in listing.rate_plans])


def _row(part: Part) -> tuple[Table, dict[str, Any]]:
    if isinstance(part, Hotel):
        return HOTELS, hotel_row(part)
    if isinstance(part, RoomType):
        return ROOM_TYPES, room_type_row(part)
    return RATE_PLANS, rate_plan_row(part)


def _one(session: Session, table: Table, name: str) -> RowMapping:
    row = session.execute(_OF_NAME[table], {"of": name}).mappings().one_or_none()
    if row is None:
        raise NotFound(name)
    return row


def _require(session: Session, table: Table, name: str) -> None:
    if not session.scalar(select(exists().where(table.c.name == name))):
        raise NotFound(name)


def _page(
    session: Session, table: Table, item: Callable[[RowMapping], T], *, after: str | None, limit: int, of: str = ""
) -> list[T]:
    query = select(table).order_by(table.c.name).limit(limit)
    if after is not None:
        query = query.where(table.c.name > after)
    if of:
        _require(session, HOTELS, of)
        query = query.where(table.c.hotel == of)
    return [item(row) for row in session.execute(query).mappings()]


def _of_hotels(session: Session, table: Table, names: Sequence[str]) -> Iterable[RowMapping]:
    return session.execute(select(table).where(table.c.hotel.in_(names)).order_by(table.c.name)).mappings()


def _insert(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)
