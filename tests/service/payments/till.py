"""Orders to the payments service, as the booking service gives them."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime

from google.type.money_pb2 import Money
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from innkeeper.bank.v1 import bank_pb2, bank_pb2_grpc
from innkeeper.payments.v1 import payments_pb2, payments_pb2_grpc
from services.bank.store import TRANSACTIONS
from services.payments.tables import OPERATIONS
from tests.conftest import RunningPlatform

SOON = 2.0
"""Seconds that a caller waits for an answer."""


def euros(units: int) -> Money:
    return Money(currency_code="EUR", units=units)


def key() -> str:
    """A new request id."""
    return str(uuid.uuid4())


class Till:
    """A caller of the payments service on a running platform, in the name of a user or of none."""

    def __init__(self, running: RunningPlatform, user: str = "users/ada") -> None:
        self.running = running
        self.stub = running.inside(payments_pb2_grpc.PaymentsServiceStub, as_service="booking", user=user)
        self._bank = running.inside(bank_pb2_grpc.BankServiceStub, as_service="payments")

    def asking(self, card: str, *, units: int = 100, request_id: str = "") -> payments_pb2.AuthorizePaymentRequest:
        return payments_pb2.AuthorizePaymentRequest(
            subject="bookings/b1",
            user="users/ada",
            amount=euros(units),
            card_token=card,
            request_id=request_id or key(),
        )

    async def authorise(self, card: str = "tok_success", *, units: int = 100) -> payments_pb2.Payment:
        return await self.stub.AuthorizePayment(self.asking(card, units=units))

    async def unknown(self, card: str) -> payments_pb2.Payment:
        """A payment with a card of which the bank does not answer the first call in time."""
        payment = await self.stub.AuthorizePayment(self.asking(card), timeout=SOON)
        assert payment.state == payments_pb2.Payment.STATE_UNKNOWN
        return payment

    async def capture(self, name: str, request_id: str = "", *, within: float | None = SOON) -> payments_pb2.Payment:
        return await self.stub.CapturePayment(
            payments_pb2.CapturePaymentRequest(name=name, request_id=request_id or key()), timeout=within
        )

    async def void(self, name: str, request_id: str = "") -> payments_pb2.Payment:
        return await self.stub.VoidPayment(
            payments_pb2.VoidPaymentRequest(name=name, request_id=request_id or key()), timeout=SOON
        )

    async def refund(self, name: str, units: int | None = None, request_id: str = "") -> payments_pb2.Payment:
        amount = None if units is None else euros(units)
        return await self.stub.RefundPayment(
            payments_pb2.RefundPaymentRequest(name=name, amount=amount, request_id=request_id or key())
        )

    async def get(self, name: str) -> payments_pb2.Payment:
        return await self.stub.GetPayment(payments_pb2.GetPaymentRequest(name=name))

    async def comes_into(self, state: payments_pb2.Payment.State, name: str) -> None:
        """Keeps what is pending due, and returns when the timer has brought the payment into that state."""
        long_ago = update(OPERATIONS).values(next_attempt_time=datetime(2000, 1, 1, tzinfo=UTC))

        def make_due(session: Session) -> None:
            session.execute(long_ago)

        for _ in range(200):
            await self.running.database("payments").write(make_due)
            if (await self.get(name)).state == state:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{name} is still {await self.get(name)}")

    async def entries(self, payment: str = "") -> list[payments_pb2.LedgerEntry]:
        """All entries of the ledger, fetched in small pages."""
        found: list[payments_pb2.LedgerEntry] = []
        token = ""
        while True:
            page = await self.stub.ListLedgerEntries(
                payments_pb2.ListLedgerEntriesRequest(payment=payment, page_size=7, page_token=token)
            )
            found += page.entries
            token = page.next_page_token
            if not token:
                return found

    async def transactions(self) -> list[bank_pb2.Transaction]:
        """What the bank itself knows."""
        query = select(TRANSACTIONS.c.name).order_by(TRANSACTIONS.c.create_time)
        names = await self.running.database("bank").read(lambda session: session.execute(query).scalars().all())
        return [await self._bank.GetTransaction(bank_pb2.GetTransactionRequest(name=name)) for name in names]

    async def count(self) -> int:
        """How many transactions the bank has."""
        query = select(func.count()).select_from(TRANSACTIONS)
        return await self.running.database("bank").read(lambda session: session.execute(query).scalar_one())
