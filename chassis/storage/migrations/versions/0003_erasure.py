"""Whom stored answers are about, and the users who were deleted of late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column, and the table. Answers from before are about nobody known; they go within seven days."""
    op.add_column("requests", sa.Column("person", sa.String(256)))
    op.create_index("requests_person", "requests", ["person"])
    op.create_table(
        "erased_users",
        sa.Column("user", sa.String(80), primary_key=True),
        sa.Column("last", sa.Boolean, nullable=False),
        sa.Column("due_time", UtcDateTime),
    )


def downgrade() -> None:
    """Drops both."""
    op.drop_table("erased_users")
    op.drop_index("requests_person", "requests")
    op.drop_column("requests", "person")
