"""The language in which to write to guests; nobody has said theirs yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("bookings", sa.Column("language_code", sa.String(35), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    op.drop_column("bookings", "language_code")
