"""The table of transactions, and the requests that found the bank out of order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "transactions",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("card_token", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("refunded", sa.BigInteger, nullable=False),
        sa.Column("decline_code", sa.String(64), nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.CheckConstraint("refunded BETWEEN 0 AND amount", name="refunded_within_amount"),
    )
    op.create_table("outages", sa.Column("request_id", sa.String(36), primary_key=True))


def downgrade() -> None:
    op.drop_table("outages")
    op.drop_table("transactions")
