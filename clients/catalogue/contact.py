"""How the people of made-up hotels are reached: at addresses that cannot be anybody's (RFC 2606)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clients.catalogue.places import languages
from innkeeper.hotels.v1.contacts_pb2 import HotelContact
from innkeeper.hotels.v1.hotels_pb2 import HotelListing, ImportHotelsRequest


def with_contacts(listings: Iterable[HotelListing]) -> Iterator[ImportHotelsRequest]:
    """Each listing with a contact: a desk and a manager, who read the language of their country."""
    spoken = languages()
    for listing in listings:
        name = listing.hotel.name
        domain = f"{name.removeprefix('hotels/')}.example"
        yield ImportHotelsRequest(
            listing=listing,
            contact=HotelContact(
                name=f"{name}/contact",
                email=f"desk@{domain}",
                fallback_email=f"manager@{domain}",
                language_code=spoken[listing.hotel.address.region_code],
            ),
        )
