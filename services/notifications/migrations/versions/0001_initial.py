"""Mails, addresses that take none, and what users do not want."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0001"
down_revision = None

QUEUED = sa.text("state = 'QUEUED'")


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(128), nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("topic", sa.String(16)),
        sa.Column("message_id", sa.String(320), nullable=False),
        sa.Column("due_time", UtcDateTime, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("next_attempt_time", UtcDateTime, nullable=False),
        sa.Column("holder", sa.String(36), nullable=False, server_default=sa.text("''")),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failure", sa.String(128), nullable=False),
        sa.Column("end_time", UtcDateTime),
    )
    op.create_index("mails_due", "mails", ["next_attempt_time"], sqlite_where=QUEUED, postgresql_where=QUEUED)
    op.create_index("mails_create_time", "mails", ["create_time", "name"])
    op.create_index("mails_subject", "mails", ["subject"])
    op.create_index("mails_user", "mails", ["user"])

    op.create_table(
        "bounces",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("mail", sa.String(80), nullable=False),
        sa.Column("recipient", sa.String(128), nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
    )
    op.create_index("bounces_create_time", "bounces", ["create_time", "name"])
    op.create_index("bounces_user", "bounces", ["user"])

    op.create_table(
        "unsubscriptions",
        sa.Column("user", sa.String(80), primary_key=True),
        sa.Column("topic", sa.String(16), primary_key=True),
        sa.Column("create_time", UtcDateTime, nullable=False),
    )

    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("booking", sa.String(80), nullable=False),
        sa.Column("occur_time", UtcDateTime, nullable=False),
        sa.Column("read_time", UtcDateTime),
        sa.Column("lost_through", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("notifications_of_user", "notifications", ["user", "id"])
    op.create_index("notifications_by_time", "notifications", ["occur_time"])


def downgrade() -> None:
    op.drop_table("notifications")
    op.drop_table("unsubscriptions")
    op.drop_table("bounces")
    op.drop_table("mails")
