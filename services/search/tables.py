"""The tables of the search service: the gazetteer, and the copy of what hotels and bookings announced."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Index, Integer, MetaData, SmallInteger, String, Table

METADATA = MetaData()

EDITIONS = Table(
    "editions",
    METADATA,
    # What the gazetteer was loaded from: one row, once it is.
    Column("edition", String(200), primary_key=True),
)

PLACES = Table(
    "places",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("display_name", String(200), nullable=False),
    Column("region_code", String(2), nullable=False),
    Column("administrative_area", String(20), nullable=False),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("population", BigInteger, nullable=False),
    Column("time_zone", String(64), nullable=False),
)

PLACE_NAMES = Table(
    "place_names",
    METADATA,
    Column("folded", String(400), primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("is_primary", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

HOTELS = Table(
    "hotels",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("display_name", String(200), nullable=False),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("stars", SmallInteger, nullable=False),
    # The number of the event that said so; an earlier one that comes late changes nothing.
    Column("sequence", BigInteger, nullable=False),
    Index("ix_hotels_location", "latitude", "longitude"),
)

ROOM_TYPES = Table(
    "room_types",
    METADATA,
    Column("name", String(160), primary_key=True),
    Column("hotel", String(80), nullable=False, index=True),
    Column("capacity", SmallInteger, nullable=False),
    Column("units", Integer, nullable=False),
)

SOLD_NIGHTS = Table(
    "sold_nights",
    METADATA,
    Column("room_type", String(160), primary_key=True),
    Column("night", Date, primary_key=True, index=True),
    Column("sold", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
