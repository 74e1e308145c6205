"""The language in which to write to people; nobody has said theirs yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("users", sa.Column("language_code", sa.String(35), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    op.drop_column("users", "language_code")
