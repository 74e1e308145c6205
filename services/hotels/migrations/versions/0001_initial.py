"""The tables of hotels, room types and rate plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "hotels",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("address", sa.JSON, nullable=False),
        sa.Column("latitude", sa.Double, nullable=False),
        sa.Column("longitude", sa.Double, nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("stars", sa.SmallInteger, nullable=False),
        sa.Column("amenities", sa.JSON, nullable=False),
        sa.Column("currency_code", sa.String(3), nullable=False),
        sa.Column("taxes", sa.JSON, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "room_types",
        sa.Column("name", sa.String(160), primary_key=True),
        sa.Column("hotel", sa.String(80), sa.ForeignKey("hotels.name"), nullable=False, index=True),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("capacity", sa.SmallInteger, nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "rate_plans",
        sa.Column("name", sa.String(160), primary_key=True),
        sa.Column("hotel", sa.String(80), sa.ForeignKey("hotels.name"), nullable=False, index=True),
        sa.Column("room_type", sa.String(160), sa.ForeignKey("room_types.name"), nullable=False, index=True),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("board", sa.SmallInteger, nullable=False),
        sa.Column("base_price", sa.BigInteger, nullable=False),
        sa.Column("weekday_prices", sa.JSON, nullable=False),
        sa.Column("seasons", sa.JSON, nullable=False),
        sa.Column("cancellation_tiers", sa.JSON, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("rate_plans")
    op.drop_table("room_types")
    op.drop_table("hotels")
