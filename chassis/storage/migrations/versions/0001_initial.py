"""Outbox, relay positions, inbox, and the answers to commands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "outbox",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("aggregate", sa.String(256), nullable=False),
        sa.Column("occur_time", UtcDateTime, nullable=False),
        sa.Column("traceparent", sa.String(55), nullable=False),
        sa.Column("type", sa.String(256), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "relayed",
        sa.Column("subscriber", sa.String(64), primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.String(36), primary_key=True),
        sa.Column("take_time", UtcDateTime, nullable=False),
    )
    op.create_index("inbox_take_time", "inbox", ["take_time"])
    op.create_table(
        "requests",
        sa.Column("caller", sa.String(256), primary_key=True),
        sa.Column("method", sa.String(256), primary_key=True),
        sa.Column("request_id", sa.String(36), primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("answer_time", UtcDateTime, nullable=False),
    )
    op.create_index("requests_answer_time", "requests", ["answer_time"])


def downgrade() -> None:
    """Drops the tables."""
    for table in ("requests", "inbox", "relayed", "outbox"):
        op.drop_table(table)
