"""Dead letters, and who is relaying."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns, and the table."""
    op.add_column("relayed", sa.Column("holder", sa.String(36)))
    op.add_column("relayed", sa.Column("hold_time", UtcDateTime))
    op.create_table(
        "dead_letters",
        sa.Column("subscriber", sa.String(64), primary_key=True),
        sa.Column("event_id", sa.String(36), primary_key=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("aggregate", sa.String(256), nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("occur_time", UtcDateTime, nullable=False),
        sa.Column("traceparent", sa.String(55), nullable=False),
        sa.Column("type", sa.String(256), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.Integer, nullable=False),
        sa.Column("detail", sa.String(500), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("park_time", UtcDateTime, nullable=False),
        sa.Column("retry_time", UtcDateTime),
    )
    op.create_index("dead_letters_aggregate", "dead_letters", ["subscriber", "source", "aggregate", "sequence"])
    op.create_index("dead_letters_retry_time", "dead_letters", ["retry_time"])


def downgrade() -> None:
    """Drops them."""
    op.drop_table("dead_letters")
    op.drop_column("relayed", "hold_time")
    op.drop_column("relayed", "holder")
