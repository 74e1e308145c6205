"""How far the data of people who were deleted is erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("user", sa.String(80), primary_key=True),
        sa.Column("delete_time", UtcDateTime, nullable=False),
        sa.Column("done_time", UtcDateTime),
        sa.Column("last_announced", sa.Boolean, nullable=False),
    )
    op.create_index("erasures_done_time", "erasures", ["last_announced", "done_time"])
    op.create_table(
        "service_erasures",
        sa.Column("user", sa.String(80), primary_key=True),
        sa.Column("service", sa.String(64), primary_key=True),
        sa.Column("erase_time", UtcDateTime),
        sa.Column("last_time", UtcDateTime),
    )


def downgrade() -> None:
    op.drop_table("service_erasures")
    op.drop_table("erasures")
