"""Asks the bank, and puts its answers into our words."""

from __future__ import annotations

from typing import Final

import grpc

from chassis.context import CURRENT
from chassis.errors import error_info
from chassis.money import from_minor
from innkeeper.bank.v1 import bank_pb2, bank_pb2_grpc
from services.payments.operation import Agreed, Answer, Kind, Operation, Refused
from services.payments.payment import Payment

PATIENCE: Final = 3.0
"""Seconds that the bank is given to answer."""

SHARE: Final = 0.8
"""How much of the time left to the call in hand the bank is given at most; the rest is for storing what it says."""

FINAL: Final = frozenset(
    {grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND}
)
"""With these the bank says that it did nothing, and will do nothing however often it is asked. After any other error
nobody knows."""


class Bank:
    """The bank, as far as payments need it."""

    def __init__(self, stub: bank_pb2_grpc.BankServiceStub) -> None:
        self._stub = stub

    async def ask(self, operation: Operation, payment: Payment) -> Answer | None:
        """What the bank says; None where it does not answer. Asking again does nothing twice."""
        try:
            transaction = await self._sent(operation, payment)
        except grpc.aio.AioRpcError as error:
            return _refusal(error) if error.code() in FINAL else None
        if transaction.state == bank_pb2.Transaction.STATE_DECLINED:
            return Refused(transaction.decline_code)
        return Agreed(transaction.name)

    async def _sent(self, operation: Operation, payment: Payment) -> bank_pb2.Transaction:
        amount, name, key = from_minor(operation.amount, payment.currency), payment.transaction, operation.key
        match operation.kind:
            case Kind.AUTHORISE:
                card = operation.card_token
                asked = bank_pb2.AuthorizeRequest(card_token=card, amount=amount, request_id=key)
                return await self._stub.Authorize(asked, timeout=_patience())
            case Kind.CAPTURE:
                return await self._stub.Capture(bank_pb2.CaptureRequest(name=name, request_id=key), timeout=_patience())
            case Kind.VOID | Kind.EXPIRE:
                return await self._stub.Void(bank_pb2.VoidRequest(name=name, request_id=key), timeout=_patience())
            case Kind.REFUND:
                given_back = bank_pb2.RefundRequest(name=name, amount=amount, request_id=key)
                return await self._stub.Refund(given_back, timeout=_patience())


def _patience() -> float:
    call = CURRENT.get()
    return PATIENCE if call is None else min(PATIENCE, SHARE * call.remaining())


def _refusal(error: grpc.aio.AioRpcError) -> Refused:
    info = error_info(error)
    return Refused(
        code=info.reason if info else error.code().name,
        let_go=error.code() is grpc.StatusCode.NOT_FOUND or (info is not None and info.metadata["state"] == "VOIDED"),
    )
