"""Payments and ledger entries in the words of the contract."""

from __future__ import annotations

from chassis.dates import to_timestamp
from chassis.money import from_minor
from innkeeper.payments.v1 import payments_pb2
from services.payments.ledger import Entry
from services.payments.payment import Payment


def payment_message(payment: Payment) -> payments_pb2.Payment:
    """The payment as callers see it."""
    return payments_pb2.Payment(
        name=payment.name,
        state=payments_pb2.Payment.State.Value(f"STATE_{payment.state}"),
        user=payment.user,
        subject=payment.subject,
        amount=from_minor(payment.amount, payment.currency),
        refunded=from_minor(payment.refunded, payment.currency),
        decline_code=payment.decline_code,
        create_time=to_timestamp(payment.create_time),
        update_time=to_timestamp(payment.update_time),
    )


def entry_message(entry: Entry) -> payments_pb2.LedgerEntry:
    """The entry as callers see it."""
    return payments_pb2.LedgerEntry(
        number=entry.number,
        payment=entry.payment,
        description=entry.description,
        enter_time=to_timestamp(entry.enter_time),
        postings=[
            payments_pb2.Posting(account=posting.account, amount=from_minor(posting.amount, entry.currency))
            for posting in entry.postings
        ],
    )
