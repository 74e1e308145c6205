"""Transactions in the words of the contract."""

from __future__ import annotations

from chassis.dates import to_timestamp
from chassis.money import from_minor
from innkeeper.bank.v1 import bank_pb2
from services.bank.transaction import Transaction


def transaction_message(transaction: Transaction) -> bank_pb2.Transaction:
    """The transaction as callers see it."""
    return bank_pb2.Transaction(
        name=transaction.name,
        state=bank_pb2.Transaction.State.Value(f"STATE_{transaction.state}"),
        amount=from_minor(transaction.amount, transaction.currency),
        refunded=from_minor(transaction.refunded, transaction.currency),
        decline_code=transaction.decline_code,
        create_time=to_timestamp(transaction.create_time),
    )
