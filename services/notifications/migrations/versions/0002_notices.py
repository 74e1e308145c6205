"""Bookings that hotels were told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("booking", sa.String(80), nullable=False),
        sa.Column("hotel", sa.String(80), nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("send_time", UtcDateTime),
        sa.Column("escalate_time", UtcDateTime),
        sa.Column("acknowledge_time", UtcDateTime),
        sa.Column("withdraw_time", UtcDateTime),
    )
    op.create_index("notices_create_time", "notices", ["create_time", "name"])
    op.create_index("notices_hotel", "notices", ["hotel", "create_time"])


def downgrade() -> None:
    op.drop_table("notices")
