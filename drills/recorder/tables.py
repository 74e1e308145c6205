"""The table of the recorder. Nothing in it keeps an event from being written down twice: that is to be seen."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table

from chassis.storage.columns import UtcDateTime

METADATA = MetaData()

EFFECTS = Table(
    "effects",
    METADATA,
    Column("place", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("event", String(36), nullable=False),
    Column("source", String(64), nullable=False),
    Column("aggregate", String(256), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("occur_time", UtcDateTime, nullable=False),
    Column("effect_time", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""The effects of events, in the order in which they were stored."""
