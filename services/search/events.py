"""What the search takes in of what hotels and bookings announce."""

from __future__ import annotations

from chassis.dates import to_date
from chassis.storage.session import Session
from innkeeper.booking.v1.booking_events_pb2 import AvailabilityChanged
from innkeeper.events.v1.events_pb2 import Event
from innkeeper.hotels.v1.hotel_events_pb2 import HotelChanged
from services.search import catalogue
from services.search.catalogue import Hotel, RoomType
from services.search.geo import Point


def on_hotel_changed(session: Session, event: Event, changed: HotelChanged) -> None:
    """A hotel, or one of its room types, is new or another than before."""
    listed = changed.listing.hotel
    hotel = Hotel(
        name=listed.name,
        display_name=listed.display_name,
        location=Point(listed.location.latitude, listed.location.longitude),
        time_zone=listed.time_zone,
        stars=listed.stars,
    )
    room_types = [
        RoomType(name=part.name, capacity=part.capacity, units=part.units) for part in changed.listing.room_types
    ]
    catalogue.put_hotel(session, hotel, room_types, event.sequence)


def on_availability_changed(session: Session, event: Event, changed: AvailabilityChanged) -> None:
    """Another number of rooms than before is sold on some nights."""
    sold = {to_date(night.date): night.sold for night in changed.nights}
    catalogue.put_sales(session, changed.room_type, sold, event.sequence)
