"""The queries of hotels' contacts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import delete, insert, select

from chassis.storage.session import Session
from services.hotels import store
from services.hotels.contact import Contact
from services.hotels.tables import CONTACTS


def of_hotel(session: Session, hotel: str) -> Contact:
    """The contact of the hotel of that name. Raises NotFound where there is no such hotel."""
    store.hotel(session, hotel)
    return of_hotels(session, [hotel])[hotel]


def of_hotels(session: Session, hotels: Sequence[str]) -> dict[str, Contact]:
    """The contact of each of the hotels, by hotel name."""
    rows = session.execute(select(CONTACTS).where(CONTACTS.c.hotel.in_(hotels))).mappings()
    said = {row["hotel"]: Contact(**row) for row in rows}
    return {hotel: said.get(hotel) or Contact(hotel=hotel) for hotel in hotels}


def put(session: Session, contacts: Collection[Contact]) -> None:
    """Store contacts as they are now, which were read in this unit of work."""
    if contacts:
        session.execute(delete(CONTACTS).where(CONTACTS.c.hotel.in_([contact.hotel for contact in contacts])))
        session.execute(insert(CONTACTS), [asdict(contact) for contact in contacts])
