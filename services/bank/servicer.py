"""The RPCs of the sandbox bank."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

from chassis.context import current_call
from chassis.money import to_minor
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.bank.v1 import bank_pb2
from services.bank import store
from services.bank.card import TEST_CARDS, Card, card_of
from services.bank.messages import transaction_message
from services.bank.transaction import BankOutOfOrder, State, Transaction


class BankServicer:
    """Every command takes effect first and is answered then, as the card has it; a repeat is answered at once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def authorize(self, request: bank_pb2.AuthorizeRequest) -> bank_pb2.Transaction:
        card = card_of(request.card_token)
        transaction = Transaction(
            name=f"transactions/{uuid.uuid4()}",
            test_card=request.card_token if request.card_token in TEST_CARDS else "",
            state=State.DECLINED if card.decline_code else State.AUTHORISED,
            amount=to_minor(request.amount),
            currency=request.amount.currency_code,
            decline_code=card.decline_code,
            create_time=self._clock(),
        )

        def begin(session: Session) -> Transaction:
            store.add(session, transaction)
            return transaction

        return await self._answered(card, request.request_id, begin)

    async def capture(self, request: bank_pb2.CaptureRequest) -> bank_pb2.Transaction:
        return await self._changed(request.name, request.request_id, Transaction.captured)

    async def void(self, request: bank_pb2.VoidRequest) -> bank_pb2.Transaction:
        return await self._changed(request.name, request.request_id, Transaction.voided)

    async def refund(self, request: bank_pb2.RefundRequest) -> bank_pb2.Transaction:
        amount, currency = to_minor(request.amount), request.amount.currency_code
        return await self._changed(request.name, request.request_id, lambda it: it.refunded_by(amount, currency))

    async def get_transaction(self, request: bank_pb2.GetTransactionRequest) -> bank_pb2.Transaction:
        return transaction_message(await self._database.read(lambda session: store.get(session, request.name)))

    async def _changed(
        self, name: str, request_id: str, change: Callable[[Transaction], Transaction]
    ) -> bank_pb2.Transaction:
        def apply(session: Session) -> Transaction:
            changed = change(store.get(session, name))
            store.put(session, changed)
            return changed

        transaction = await self._database.read(lambda session: store.get(session, name))
        return await self._answered(card_of(transaction.test_card), request_id, apply)

    async def _answered(
        self, card: Card, request_id: str, effect: Callable[[Session], Transaction]
    ) -> bank_pb2.Transaction:
        if card.fails_once and await self._database.write(lambda session: store.is_first_call(session, request_id)):
            raise BankOutOfOrder("the bank is out of order for the moment: try again")
        first = False

        def command(session: Session) -> bank_pb2.Transaction:
            nonlocal first
            first = True
            return transaction_message(effect(session))

        name = (await self._database.command(command)).name
        if first:
            await asyncio.sleep(card.answer_delay)
            if card.outlasts_caller:
                await asyncio.sleep(max(current_call().remaining(), 0.0) + 1.0)
        return transaction_message(await self._database.read(lambda session: store.get(session, name)))
