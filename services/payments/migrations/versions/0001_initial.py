"""Payments, what the bank is asked to do with them, and the books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.storage.columns import UtcDateTime

revision = "0001"
down_revision = None

PENDING = sa.text("status = 'PENDING'")

TRIGGER = "CREATE TRIGGER ledger_no_{change} BEFORE {change} ON ledger_entries {action}"
"""Refuses to change the books; what it does is said in each database's own words."""

ABORT = "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END"

CALL = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"

REFUSAL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is only added to'; END $$
"""


def upgrade() -> None:
    op.create_table(
        "payments",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("refunded", sa.BigInteger, nullable=False),
        sa.Column("transaction", sa.Text, nullable=False),
        sa.Column("decline_code", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("refunded BETWEEN 0 AND amount", name="refunded_within_amount"),
    )
    op.create_index("payments_create_time", "payments", ["create_time", "name"])
    op.create_index("payments_user", "payments", ["user", "create_time", "name"])
    op.create_index("payments_state", "payments", ["state", "update_time"])

    op.create_table(
        "operations",
        sa.Column("key", sa.String(36), primary_key=True),
        sa.Column("payment", sa.String(80), sa.ForeignKey("payments.name"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("card_token", sa.String(128), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("refusal", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_time", UtcDateTime, nullable=False),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )
    op.create_index(
        "operations_one_under_way",
        "operations",
        ["payment"],
        unique=True,
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    op.create_index(
        "operations_due", "operations", ["next_attempt_time"], sqlite_where=PENDING, postgresql_where=PENDING
    )

    op.create_table(
        "ledger_entries",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("payment", sa.String(80), sa.ForeignKey("payments.name"), nullable=False),
        sa.Column("operation", sa.String(36), sa.ForeignKey("operations.key"), nullable=False, unique=True),
        sa.Column("description", sa.String(64), nullable=False),
        sa.Column("enter_time", UtcDateTime, nullable=False),
        sa.Column("debit", sa.String(32), nullable=False),
        sa.Column("credit", sa.String(32), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("debit <> credit", name="two_accounts"),
    )
    op.create_index("ledger_entries_payment", "ledger_entries", ["payment", "number"])
    on_postgresql = op.get_context().dialect.name == "postgresql"
    if on_postgresql:
        op.execute(REFUSAL)
    for change in ("UPDATE", "DELETE"):
        op.execute(TRIGGER.format(change=change, action=CALL if on_postgresql else ABORT))


def downgrade() -> None:
    op.drop_table("ledger_entries")
    op.drop_table("operations")
    op.drop_table("payments")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change")
