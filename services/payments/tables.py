"""The tables of payments, of what the bank is asked to do with them, and of the books."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from chassis.storage.columns import UtcDateTime

METADATA = MetaData()

# What the bank says is kept as it is: its words may be of any length.

PAYMENTS = Table(
    "payments",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("user", String(80), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("transaction", Text, nullable=False),
    Column("decline_code", Text, nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    Column("update_time", UtcDateTime, nullable=False),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("refunded BETWEEN 0 AND amount", name="refunded_within_amount"),
    Index("payments_create_time", "create_time", "name"),
    Index("payments_user", "user", "create_time", "name"),
    Index("payments_state", "state", "update_time"),
)

PENDING = text("status = 'PENDING'")

OPERATIONS = Table(
    "operations",
    METADATA,
    Column("key", String(36), primary_key=True),
    Column("payment", String(80), ForeignKey("payments.name"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("card_token", String(128), nullable=False),
    Column("status", String(16), nullable=False),
    Column("refusal", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_time", UtcDateTime, nullable=False),
    CheckConstraint("amount > 0", name="amount_positive"),
    # PostgreSQL's are partial as well: the migration says so. To say it here loads that dialect into every process.
    Index("operations_one_under_way", "payment", unique=True, sqlite_where=PENDING),
    Index("operations_due", "next_attempt_time", sqlite_where=PENDING),
)
"""The bank is asked to do one thing at a time with a payment: a second intent waits for the first to be settled."""

LEDGER_ENTRIES = Table(
    "ledger_entries",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("payment", String(80), ForeignKey("payments.name"), nullable=False),
    Column("operation", String(36), ForeignKey("operations.key"), nullable=False, unique=True),
    Column("description", String(64), nullable=False),
    Column("enter_time", UtcDateTime, nullable=False),
    Column("debit", String(32), nullable=False),
    Column("credit", String(32), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("debit <> credit", name="two_accounts"),
    Index("ledger_entries_payment", "payment", "number"),
)
"""A row has one amount and both its accounts, so that the database cannot hold an entry that is out of balance. The
migration adds triggers that refuse to change or delete a row."""
