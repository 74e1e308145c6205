"""Clients that users authorize, and a key that is published before it signs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("clients", sa.Column("redirect_uris", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("token_families", sa.Column("client_id", sa.String(63), nullable=False, server_default="sign-in"))
    op.create_index("ix_token_families_client_id", "token_families", ["client_id"])
    op.add_column("signing_keys", sa.Column("prepared", sa.Boolean))
    op.create_index("ix_signing_keys_prepared", "signing_keys", ["prepared"], unique=True)
    op.create_table(
        "authorization_codes",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("client_id", sa.String(63), nullable=False, index=True),
        sa.Column("user", sa.String(80), nullable=False, index=True),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("code_challenge", sa.String(43), nullable=False),
        sa.Column("expire_time", UtcDateTime, nullable=False, index=True),
        sa.Column("family", sa.String(36), sa.ForeignKey("token_families.id", ondelete="CASCADE"), index=True),
    )


def downgrade() -> None:
    op.drop_table("authorization_codes")
    op.execute("DELETE FROM signing_keys WHERE prepared")
    op.drop_index("ix_signing_keys_prepared", "signing_keys")
    op.drop_column("signing_keys", "prepared")
    op.execute("DELETE FROM token_families WHERE client_id <> 'sign-in'")
    op.drop_index("ix_token_families_client_id", "token_families")
    op.drop_column("token_families", "client_id")
    op.execute("DELETE FROM clients WHERE length(secret_digest) = 0")
    op.drop_column("clients", "redirect_uris")
