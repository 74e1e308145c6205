"""Links, and how often they are followed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("code", sa.String(8), primary_key=True),
        sa.Column("target", sa.String(2048), nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("expire_time", UtcDateTime),
    )
    op.create_index("links_by_age", "links", ["create_time", "code"])
    op.create_index("links_by_expiry", "links", ["expire_time"])
    op.create_table(
        "clicks",
        sa.Column("code", sa.String(8), sa.ForeignKey("links.code"), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("clicks")
    op.drop_table("links")
