"""Takes orders: stores what is to be done with a payment, and has it settled before it answers."""

from __future__ import annotations

import uuid

from chassis.events.outbox import record
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.payments.v1 import payments_pb2
from innkeeper.payments.v1.payment_events_pb2 import PaymentChanged
from services.payments import store
from services.payments.messages import payment_message
from services.payments.operation import BankUnavailable, Kind, Operation, key_of
from services.payments.payment import Payment
from services.payments.settlement import Settlement


class UnderWay(BankUnavailable):
    """The bank has not answered yet what it was asked before."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(f"a {operation.kind.lower()} of {operation.payment} is under way: try again", retry_after=1.0)
        self.key = operation.key


class Orders:
    """What callers may have done with payments. An order may be given again: it is carried out once."""

    def __init__(self, database: Database, settlement: Settlement, clock: Clock) -> None:
        self._database = database
        self._settlement = settlement
        self._clock = clock

    async def authorise(self, begun: Payment, card_token: str) -> Payment:
        """Has the amount kept ready. Where the bank does not answer, the payment's state stays UNKNOWN."""
        intent = Operation.authorising(begun, card_token, self._clock())

        def begin(session: Session) -> payments_pb2.Payment:
            known = store.find(session, begun.name)
            if known is not None:
                return payment_message(known)
            store.add(session, begun)
            store.order(session, intent)
            record(session, aggregate=begun.name, payload=PaymentChanged(payment=payment_message(begun)))
            return payment_message(begun)

        await self._database.command(begin)
        _, payment = await self._settlement.settle(intent.key)
        return payment

    async def carry_out(self, name: str, kind: Kind, request_id: str, amount: tuple[int, str] | None = None) -> Payment:
        """Has a payment captured, voided or refunded, by an amount in the smallest unit of a currency.

        Raises NotFound, PaymentStateConflict, RefundTooLarge, InvalidField, BankUnavailable.
        """
        key = key_of(name, kind, request_id)

        def intend(session: Session) -> payments_pb2.Payment:
            payment = store.get(session, name)
            if store.operation(session, key) is None:
                if (other := store.under_way(session, name)) is not None:
                    raise UnderWay(other)
                store.order(session, Operation.ordered(payment, kind, key, amount, self._clock()))
            return payment_message(payment)

        while True:
            try:
                await self._database.command(intend)
                break
            except UnderWay as other:
                before, payment = await self._settlement.settle(other.key)
                before.check_answered()
        operation, payment = await self._settlement.settle(key)
        operation.check_done(payment)
        return payment


def name_for(caller: str, request_id: str) -> str:
    """The name of the payment that a caller asks for with a request.

    It is derived, so that a repeat finds the payment for as long as it exists, however long after the first call.
    """
    return f"payments/{uuid.uuid5(uuid.NAMESPACE_URL, f'{caller}/{request_id.lower()}')}"
