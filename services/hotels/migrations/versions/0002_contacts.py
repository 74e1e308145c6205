"""How hotels' own people are reached; no hotel has said so yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "hotel_contacts",
        sa.Column("hotel", sa.String(80), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("fallback_email", sa.String(254), nullable=False),
        sa.Column("language_code", sa.String(35), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("hotel_contacts")
