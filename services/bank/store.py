"""The tables of the bank, and what is asked of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    MetaData,
    RowMapping,
    String,
    Table,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from chassis.refusal import NotFound
from chassis.storage.columns import UtcDateTime
from chassis.storage.session import Session
from services.bank.transaction import State, Transaction

METADATA = MetaData()

TRANSACTIONS = Table(
    "transactions",
    METADATA,
    Column("name", String(80), primary_key=True),
    # Of a test card; empty of any other, which would be somebody's.
    Column("test_card", String(32), nullable=False, server_default=text("''")),
    Column("state", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("decline_code", String(64), nullable=False),
    Column("create_time", UtcDateTime, nullable=False),
    CheckConstraint("refunded BETWEEN 0 AND amount", name="refunded_within_amount"),
)

OUTAGES = Table("outages", METADATA, Column("request_id", String(36), primary_key=True))
"""The requests that have found the bank out of order once."""

_ADD: Final = insert(TRANSACTIONS)
_GET: Final = select(TRANSACTIONS).where(TRANSACTIONS.c.name == bindparam("of"))
_PUT: Final = update(TRANSACTIONS).where(TRANSACTIONS.c.name == bindparam("of"))


def add(session: Session, transaction: Transaction) -> None:
    """Stores a new transaction."""
    session.execute(_ADD, asdict(transaction))


def get(session: Session, name: str) -> Transaction:
    """The transaction of that name. Raises NotFound."""
    row = session.execute(_GET, {"of": name}).mappings().one_or_none()
    if row is None:
        raise NotFound(name)
    return _transaction(row)


def put(session: Session, transaction: Transaction) -> None:
    """Stores what became of a transaction."""
    session.execute(_PUT, {**asdict(transaction), "of": transaction.name})


def is_first_call(session: Session, request_id: str) -> bool:
    """Whether this is the first call of the request; from now on it is not."""
    try:
        with session.begin_nested():
            session.execute(insert(OUTAGES).values(request_id=request_id))
    except IntegrityError:
        return False
    return True


def _transaction(row: RowMapping) -> Transaction:
    return Transaction(**{**row, "state": State(row["state"])})
