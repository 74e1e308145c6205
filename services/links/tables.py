"""The tables of the links service."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, MetaData, String, Table

from chassis.storage.columns import UtcDateTime

METADATA = MetaData()

LINKS = Table(
    "links",
    METADATA,
    Column("code", String(8), primary_key=True),
    Column("target", String(2048), nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Column("expire_time", UtcDateTime),
    Index("links_by_age", "create_time", "code"),
    Index("links_by_expiry", "expire_time"),
)

CLICKS = Table(
    "clicks",
    METADATA,
    Column("code", String(8), ForeignKey("links.code"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""How often each link was followed on each day (UTC), and nothing of who it was."""
