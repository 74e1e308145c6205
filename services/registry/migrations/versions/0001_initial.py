"""Instances, the traffic policy, and the contracts that were found compatible."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "instances",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("service", sa.String(63), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("variant", sa.String(32), nullable=False),
        sa.Column("contract_digest", sa.String(64), nullable=False),
        sa.Column("process_id", sa.Integer, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("expire_time", UtcDateTime, nullable=False),
        sa.Column("calls_in_hand", sa.Integer, nullable=False),
        sa.Column("calls_per_second", sa.Float, nullable=False),
        sa.Column("shed_per_second", sa.Float, nullable=False),
        sa.Column("loop_lag", sa.Float, nullable=False),
        sa.Column("lease", sa.String(36), nullable=False),
        sa.Index("instances_expire_time", "expire_time"),
    )
    op.create_table(
        "shares",
        sa.Column("service", sa.String(63), primary_key=True),
        sa.Column("variant", sa.String(32), primary_key=True),
        sa.Column("percent", sa.Integer, nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent_of_a_whole"),
    )
    op.create_table(
        "faults",
        sa.Column("service", sa.String(63), primary_key=True),
        sa.Column("method", sa.String(63), primary_key=True),
        sa.Column("delay", sa.Float, nullable=False),
        sa.Column("abort_code", sa.Integer, nullable=False),
        sa.Column("percent", sa.Integer, nullable=False),
    )
    op.create_table(
        "limits",
        sa.Column("service", sa.String(63), primary_key=True),
        sa.Column("max_calls_in_flight", sa.Integer, nullable=False),
    )
    op.create_table(
        "contracts",
        sa.Column("service", sa.String(128), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("released_digest", sa.String(64), primary_key=True),
    )
    revisions = op.create_table(
        "revisions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(revisions, [{"id": 1, "number": 0}])


def downgrade() -> None:
    for table in ("revisions", "contracts", "limits", "faults", "shares", "instances"):
        op.drop_table(table)
