"""Settles operations: asks the bank, and stores what its answer makes of the payment and of the books.

No network call happens inside of a unit of work, and each step may be the last before a crash. What is then found
PENDING is taken up by whoever comes next: the caller with the same request, or the timer.
"""

from __future__ import annotations

import asyncio

from chassis.events.outbox import record
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.payments.v1.payment_events_pb2 import PaymentChanged
from services.payments import store
from services.payments.bank import Bank
from services.payments.ledger import entry_for
from services.payments.messages import payment_message
from services.payments.operation import Agreed, Answer, Operation, Status
from services.payments.payment import Payment

BATCH = 32
"""How many operations the timer takes up at a time."""


class Settlement:
    """Brings operations to their end."""

    def __init__(self, database: Database, bank: Bank, clock: Clock) -> None:
        self._database = database
        self._bank = bank
        self._clock = clock

    async def settle(self, key: str) -> tuple[Operation, Payment]:
        """Asks the bank where that has not been answered, and returns the operation and its payment as they are now.

        May run more than once at a time: the bank acts once for the key, and the first answer that is stored counts.
        """
        operation, payment = await self._database.read(lambda session: _found(session, key))
        if operation.status is not Status.PENDING:
            return operation, payment
        answer = await self._bank.ask(operation, payment)
        if answer is None:
            return operation, payment
        return await self._database.write(lambda session: self._concluded(session, operation, answer))

    async def settle_due(self) -> None:
        """Asks the bank again for what it has not answered, as far as another attempt is due."""
        now = self._clock()
        keys = await self._database.write(lambda session: store.claim_due(session, now=now, limit=BATCH))
        results = await asyncio.gather(*map(self.settle, keys), return_exceptions=True)
        if failures := [result for result in results if isinstance(result, Exception)]:
            raise ExceptionGroup("operations could not be settled", failures)

    def _concluded(self, session: Session, operation: Operation, answer: Answer) -> tuple[Operation, Payment]:
        now = self._clock()
        if store.conclude(session, operation, answer):
            before = store.get(session, operation.payment)
            after = operation.concluded(before, answer, now)
            if after != before:
                store.put(session, after)
                record(
                    session,
                    aggregate=after.name,
                    payload=PaymentChanged(payment=payment_message(after)),
                )
            entry = entry_for(operation, after, now) if isinstance(answer, Agreed) else None
            if entry is not None:
                store.enter(session, entry)
        return _found(session, operation.key)


def _found(session: Session, key: str) -> tuple[Operation, Payment]:
    operation = store.operation(session, key)
    assert operation is not None, "an operation is never deleted"
    return operation, store.get(session, operation.payment)
