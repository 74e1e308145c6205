"""The tables of the booking service."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)

from chassis.storage.columns import UtcDateTime

METADATA = MetaData()

BOOKINGS = Table(
    "bookings",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("user", String(80), nullable=False),
    Column("hotel", String(80), nullable=False),
    Column("room_type", String(160), nullable=False),
    Column("check_in", Date, nullable=False),
    Column("check_out", Date, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("guests", Integer, nullable=False),
    Column("given_name", String(100), nullable=False),
    Column("family_name", String(100), nullable=False),
    Column("email", String(254), nullable=False),
    Column("language_code", String(35), nullable=False, server_default=text("''")),
    Column("total", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    # The price line by line: innkeeper.hotels.v1.StayPrice.
    Column("price_lines", LargeBinary, nullable=False),
    Column("payment", String(80), nullable=False),
    Column("payment_state", String(16), nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("decline_code", String(64), nullable=False),
    # Empty until the booking is confirmed.
    Column("confirmation_code", String(8), unique=True),
    Column("create_time", UtcDateTime, nullable=False),
    Column("update_time", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Index("bookings_of_all", "create_time", "name"),
    Index("bookings_of_user", "user", "create_time", "name"),
)

SAGAS = Table(
    "sagas",
    METADATA,
    Column("booking", String(80), ForeignKey("bookings.name"), primary_key=True),
    Column("step", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    # Wiped as soon as the bank has said what it did.
    Column("card_token", String(128), nullable=False),
    # Until `due_time` the step is the holder's; from then on anybody's. NULL where nothing is to be done.
    Column("holder", String(36), nullable=False),
    Column("due_time", UtcDateTime),
    Index("sagas_due", "due_time"),
)

BOOKING_EVENTS = Table(
    "booking_events",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("booking", String(80), ForeignKey("bookings.name"), nullable=False),
    Column("user", String(80), nullable=False),
    Column("type", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("payment_state", String(16), nullable=False),
    Column("etag", String(64), nullable=False),
    Column("occur_time", UtcDateTime, nullable=False),
    # The id of the event before it, of the same booking, where that and those before are not kept any more; else 0.
    Column("lost_through", BigInteger, nullable=False),
    Index("booking_events_of_booking", "booking", "id"),
    Index("booking_events_of_user", "user", "id"),
    Index("booking_events_by_time", "occur_time"),
    sqlite_autoincrement=True,
)
"""What happened to bookings, in order. A number is not given twice, not even when its event is gone."""

ROOM_NIGHTS = Table(
    "room_nights",
    METADATA,
    Column("room_type", String(160), primary_key=True),
    Column("night", Date, primary_key=True),
    Column("units", Integer, nullable=False),
    Column("sold", Integer, nullable=False),
    CheckConstraint("sold >= 0 AND sold <= units", name="never_oversold"),
)
"""A row for each night of which a room was ever sold. The constraint is what makes overselling impossible."""

ROOM_TYPES = Table(
    "room_types",
    METADATA,
    Column("name", String(160), primary_key=True),
    Column("hotel", String(80), nullable=False),
    Column("units", Integer, nullable=False),
    Index("room_types_of_hotel", "hotel"),
)
"""How many rooms there are, as the hotels service last announced it."""
