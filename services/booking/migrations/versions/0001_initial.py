"""Bookings, how far they are settled, and the room nights sold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "bookings",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("hotel", sa.String(80), nullable=False),
        sa.Column("room_type", sa.String(160), nullable=False),
        sa.Column("check_in", sa.Date, nullable=False),
        sa.Column("check_out", sa.Date, nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("guests", sa.Integer, nullable=False),
        sa.Column("given_name", sa.String(100), nullable=False),
        sa.Column("family_name", sa.String(100), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("price_lines", sa.LargeBinary, nullable=False),
        sa.Column("payment", sa.String(80), nullable=False),
        sa.Column("payment_state", sa.String(16), nullable=False),
        sa.Column("refunded", sa.BigInteger, nullable=False),
        sa.Column("decline_code", sa.String(64), nullable=False),
        sa.Column("confirmation_code", sa.String(8), unique=True),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("bookings_of_all", "bookings", ["create_time", "name"])
    op.create_index("bookings_of_user", "bookings", ["user", "create_time", "name"])
    op.create_table(
        "sagas",
        sa.Column("booking", sa.String(80), sa.ForeignKey("bookings.name"), primary_key=True),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("card_token", sa.String(128), nullable=False),
        sa.Column("holder", sa.String(36), nullable=False),
        sa.Column("due_time", UtcDateTime),
    )
    op.create_index("sagas_due", "sagas", ["due_time"])
    op.create_table(
        "room_nights",
        sa.Column("room_type", sa.String(160), primary_key=True),
        sa.Column("night", sa.Date, primary_key=True),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("sold", sa.Integer, nullable=False),
        sa.CheckConstraint("sold >= 0 AND sold <= units", name="never_oversold"),
    )
    op.create_table(
        "room_types",
        sa.Column("name", sa.String(160), primary_key=True),
        sa.Column("hotel", sa.String(80), nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
    )
    op.create_index("room_types_of_hotel", "room_types", ["hotel"])


def downgrade() -> None:
    for table in ("room_types", "room_nights", "sagas", "bookings"):
        op.drop_table(table)
