"""The gazetteer, and the copy of hotels, room types and sold nights."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table("editions", sa.Column("edition", sa.String(200), primary_key=True))
    op.create_table(
        "places",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("region_code", sa.String(2), nullable=False),
        sa.Column("administrative_area", sa.String(20), nullable=False),
        sa.Column("latitude", sa.Double, nullable=False),
        sa.Column("longitude", sa.Double, nullable=False),
        sa.Column("population", sa.BigInteger, nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
    )
    op.create_table(
        "place_names",
        sa.Column("folded", sa.String(400), primary_key=True),
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("is_primary", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "hotels",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("latitude", sa.Double, nullable=False),
        sa.Column("longitude", sa.Double, nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("stars", sa.SmallInteger, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_hotels_location", "hotels", ["latitude", "longitude"])
    op.create_table(
        "room_types",
        sa.Column("name", sa.String(160), primary_key=True),
        sa.Column("hotel", sa.String(80), nullable=False, index=True),
        sa.Column("capacity", sa.SmallInteger, nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
    )
    op.create_table(
        "sold_nights",
        sa.Column("room_type", sa.String(160), primary_key=True),
        sa.Column("night", sa.Date, primary_key=True, index=True),
        sa.Column("sold", sa.Integer, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("sold_nights", "room_types", "hotels", "place_names", "places", "editions"):
        op.drop_table(table)
