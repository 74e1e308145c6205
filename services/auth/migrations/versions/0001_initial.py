"""Accounts, clients, tokens and keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("user", sa.String(80), nullable=False, unique=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_folded", sa.String(254), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("wrong_attempts", sa.JSON, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
    )
    op.create_table(
        "clients",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("display_name", sa.String(100), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("secret_digest", sa.LargeBinary, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
    )
    op.create_table(
        "token_families",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("user", sa.String(80), nullable=False, index=True),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("expire_time", UtcDateTime, nullable=False, index=True),
        sa.Column("revoke_time", UtcDateTime),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column(
            "family",
            sa.String(36),
            sa.ForeignKey("token_families.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("used", sa.Boolean, nullable=False),
    )
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.String(64), primary_key=True),
        sa.Column("x", sa.String(64), nullable=False),
        sa.Column("y", sa.String(64), nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("expire_time", UtcDateTime),
        sa.Column("signs", sa.Boolean, unique=True),
    )
    op.create_table(
        "revoked_tokens",
        sa.Column("jti", sa.String(36), primary_key=True),
        sa.Column("expire_time", UtcDateTime, nullable=False, index=True),
    )


def downgrade() -> None:
    for table in ("revoked_tokens", "signing_keys", "refresh_tokens", "token_families", "clients", "accounts"):
        op.drop_table(table)
