"""Of cards that are no test cards nothing is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEST_CARDS = ("tok_success", "tok_decline", "tok_insufficient_funds", "tok_slow", "tok_timeout", "tok_fails_once")


def upgrade() -> None:
    op.add_column("transactions", sa.Column("test_card", sa.String(32), nullable=False, server_default=sa.text("''")))
    card_token, test_card = sa.column("card_token", sa.String), sa.column("test_card", sa.String)
    known = card_token.in_(TEST_CARDS)
    op.execute(sa.table("transactions", card_token, test_card).update().where(known).values(test_card=card_token))
    op.drop_column("transactions", "card_token")


def downgrade() -> None:
    op.add_column("transactions", sa.Column("card_token", sa.String(128), nullable=False, server_default=sa.text("''")))
    card_token, test_card = sa.column("card_token", sa.String), sa.column("test_card", sa.String)
    op.execute(sa.table("transactions", card_token, test_card).update().values(card_token=test_card))
    op.drop_column("transactions", "test_card")
