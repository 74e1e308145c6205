"""The tables of the catalogue. Lists without a life of their own stand as JSON in the row that they belong to.

Prices are in smallest units of the hotel's currency.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Double, ForeignKey, Integer, MetaData, SmallInteger, String, Table

from chassis.storage.columns import UtcDateTime

METADATA = MetaData()

HOTELS = Table(
    "hotels",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("display_name", String(200), nullable=False),
    Column("address", JSON, nullable=False),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("stars", SmallInteger, nullable=False),
    Column("amenities", JSON, nullable=False),
    Column("currency_code", String(3), nullable=False),
    Column("taxes", JSON, nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Column("update_time", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
)

CONTACTS = Table(
    "hotel_contacts",
    METADATA,
    # No foreign key: an import takes a hotel's row away and brings another.
    Column("hotel", String(80), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("fallback_email", String(254), nullable=False),
    Column("language_code", String(35), nullable=False),
    Column("revision", Integer, nullable=False),
)
"""How hotels' own people are reached, for the hotels that have said so."""

ROOM_TYPES = Table(
    "room_types",
    METADATA,
    Column("name", String(160), primary_key=True),
    Column("hotel", String(80), ForeignKey("hotels.name"), nullable=False, index=True),
    Column("display_name", String(200), nullable=False),
    Column("capacity", SmallInteger, nullable=False),
    Column("units", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
)

RATE_PLANS = Table(
    "rate_plans",
    METADATA,
    Column("name", String(160), primary_key=True),
    Column("hotel", String(80), ForeignKey("hotels.name"), nullable=False, index=True),
    Column("room_type", String(160), ForeignKey("room_types.name"), nullable=False, index=True),
    Column("display_name", String(200), nullable=False),
    Column("board", SmallInteger, nullable=False),
    Column("base_price", BigInteger, nullable=False),
    Column("weekday_prices", JSON, nullable=False),
    Column("seasons", JSON, nullable=False),
    Column("cancellation_tiers", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
)
