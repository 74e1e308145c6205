"""The tables of the users service."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, MetaData, SmallInteger, String, Table, text

from chassis.storage.columns import UtcDateTime

METADATA = MetaData()

USERS = Table(
    "users",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("given_name", String(100), nullable=False),
    Column("family_name", String(100), nullable=False),
    Column("birth_date", Date),
    Column("email", String(254), nullable=False),
    # The address without regard to letter case: the constraint, not a check before, keeps it unique.
    Column("email_folded", String(254), nullable=False, unique=True),
    Column("membership", SmallInteger, nullable=False),
    Column("language_code", String(35), nullable=False, server_default=text("''")),
    Column("create_time", UtcDateTime, nullable=False),
    Column("update_time", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
)

ERASURES = Table(
    "erasures",
    METADATA,
    Column("user", String(80), primary_key=True),
    Column("delete_time", UtcDateTime, nullable=False),
    Column("done_time", UtcDateTime),
    Column("last_announced", Boolean, nullable=False),
    Index("erasures_done_time", "last_announced", "done_time"),
)
"""The people who were deleted, by nothing but their former names."""

SERVICE_ERASURES = Table(
    "service_erasures",
    METADATA,
    Column("user", String(80), primary_key=True),
    Column("service", String(64), primary_key=True),
    Column("erase_time", UtcDateTime),
    Column("last_time", UtcDateTime),
)
"""What each service has told of each of them."""
