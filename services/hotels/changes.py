"""The units of work that change the catalogue: each stores one change and announces the whole listing as it is then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.events.outbox import record
from chassis.refusal import Refusal
from chassis.storage.session import Session
from innkeeper.hotels.v1.hotel_events_pb2 import HotelChanged
from services.hotels import contacts, store
from services.hotels.contact import Contact
from services.hotels.hotel import Hotel
from services.hotels.listing import Listing
from services.hotels.messages import listing_message
from services.hotels.store import Part


def add(session: Session, part: Part) -> None:
    """Store something new. Raises AlreadyExists, and NotFound for what it belongs to."""
    store.add(session, part)
    _announce_hotel_of(session, part)


def put(session: Session, changed: Part, current: Part) -> None:
    """Store something as it is now, where it is not as it was."""
    if changed != current:
        store.put(session, changed)
        _announce_hotel_of(session, changed)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A listing of an import, its place in the stream, counted from one, and the contact that came along, if any."""

    position: int
    listing: Listing
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of some listings of an import."""

    created: int
    updated: int
    unchanged: int
    refused: tuple[tuple[Incoming, Refusal], ...]


def take(session: Session, batch: Sequence[Incoming]) -> Taken:
    """Store the listings that are not there just so; one that breaks a rule does not stop the others."""
    names = [incoming.listing.hotel.name for incoming in batch]
    held, contacts_held = store.listings(session, names), contacts.of_hotels(session, names)
    changed: dict[str, Listing] = {}
    contacts_changed: dict[str, Contact] = {}
    created = unchanged = updated = 0
    refused: list[tuple[Incoming, Refusal]] = []
    for incoming in batch:
        name = incoming.listing.hotel.name
        before = held.get(name)
        try:
            listing = incoming.listing if before is None else before.revised(incoming.listing)
        except Refusal as refusal:
            refused.append((incoming, refusal))
            continue
        reached = contacts_held[name]
        contact = reached if incoming.contact is None else reached.revised(incoming.contact)
        if listing == before and contact == reached:
            unchanged += 1
            continue
        created += before is None
        updated += before is not None
        if listing != before:
            held[name] = changed[name] = listing
        if contact != reached:
            contacts_held[name] = contacts_changed[name] = contact
    store.replace(session, changed.values())
    contacts.put(session, contacts_changed.values())
    for listing in changed.values():
        _announce(session, listing)
    return Taken(created, updated, unchanged, tuple(refused))


def _announce_hotel_of(session: Session, part: Part) -> None:
    name = part.name if isinstance(part, Hotel) else part.hotel
    _announce(session, store.listings(session, [name])[name])


def _announce(session: Session, listing: Listing) -> None:
    record(session, aggregate=listing.hotel.name, payload=HotelChanged(listing=listing_message(listing)))
