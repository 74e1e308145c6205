"""The RPCs of the payments service."""

from __future__ import annotations

from chassis.context import principal
from chassis.money import to_minor
from chassis.paging import Page
from chassis.refusal import InvalidPageToken, NotFound
from chassis.service import Clock
from chassis.storage.database import Database
from chassis.storage.session import Session
from innkeeper.payments.v1 import payments_pb2
from services.payments import store
from services.payments.messages import entry_message, payment_message
from services.payments.operation import Kind
from services.payments.orders import Orders, name_for
from services.payments.payment import Payment


class PaymentsServicer:
    """Takes orders, and shows what became of them."""

    def __init__(self, database: Database, orders: Orders, clock: Clock) -> None:
        self._database = database
        self._orders = orders
        self._clock = clock

    async def authorize_payment(self, request: payments_pb2.AuthorizePaymentRequest) -> payments_pb2.Payment:
        begun = Payment.begin(
            name_for(principal().subject, request.request_id),
            user=request.user,
            subject=request.subject,
            amount=to_minor(request.amount),
            currency=request.amount.currency_code,
            now=self._clock(),
        )
        return payment_message(await self._orders.authorise(begun, request.card_token))

    async def capture_payment(self, request: payments_pb2.CapturePaymentRequest) -> payments_pb2.Payment:
        return payment_message(await self._orders.carry_out(request.name, Kind.CAPTURE, request.request_id))

    async def void_payment(self, request: payments_pb2.VoidPaymentRequest) -> payments_pb2.Payment:
        return payment_message(await self._orders.carry_out(request.name, Kind.VOID, request.request_id))

    async def refund_payment(self, request: payments_pb2.RefundPaymentRequest) -> payments_pb2.Payment:
        asked = (to_minor(request.amount), request.amount.currency_code) if request.HasField("amount") else None
        return payment_message(await self._orders.carry_out(request.name, Kind.REFUND, request.request_id, asked))

    async def get_payment(self, request: payments_pb2.GetPaymentRequest) -> payments_pb2.Payment:
        payment = await self._database.read(lambda session: store.get(session, request.name))
        if not principal().may_see(payment.user):
            raise NotFound(request.name)
        return payment_message(payment)

    async def list_payments(self, request: payments_pb2.ListPaymentsRequest) -> payments_pb2.ListPaymentsResponse:
        page, caller = Page.of(request), principal()
        users = None if caller.is_admin else {caller.user, caller.subject} - {""}
        payments = await self._database.read(
            lambda session: store.page(session, users=users, after=page.after, limit=page.lookahead)
        )
        shown, token = page.cut(payments, lambda payment: payment.name)
        return payments_pb2.ListPaymentsResponse(
            payments=map(payment_message, shown),
            next_page_token=token,
        )

    async def list_ledger_entries(
        self, request: payments_pb2.ListLedgerEntriesRequest
    ) -> payments_pb2.ListLedgerEntriesResponse:
        page = Page.of(request)
        after = _number(page.after)
        entries = await self._database.read(
            lambda session: store.entries(session, payment=request.payment, after=after, limit=page.lookahead)
        )
        shown, token = page.cut(entries, lambda entry: str(entry.number))
        return payments_pb2.ListLedgerEntriesResponse(
            entries=map(entry_message, shown),
            next_page_token=token,
        )

    async def look_up_payment(self, request: payments_pb2.LookUpPaymentRequest) -> payments_pb2.LookUpPaymentResponse:
        def work(session: Session) -> payments_pb2.LookUpPaymentResponse:
            return payments_pb2.LookUpPaymentResponse(
                payment=payment_message(store.get(session, request.name)),
                entries=map(entry_message, store.entries(session, payment=request.name)),
            )

        return await self._database.read(work)


def _number(key: str | None) -> int:
    if key is None:
        return 0
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise InvalidPageToken
    return int(key)
