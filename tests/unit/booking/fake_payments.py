"""A payments service of one payment: does each request id once, and may lose its answer on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from google.type.money_pb2 import Money
from grpc.aio import Metadata

from chassis.errors import CallFailed
from innkeeper.payments.v1.payments_pb2 import Payment


def failure(code: grpc.StatusCode, reason: str, **metadata: str) -> grpc.aio.AioRpcError:
    """A failed call as its caller sees it."""
    failed = CallFailed(code, reason.lower(), reason=reason, metadata=metadata)
    return grpc.aio.AioRpcError(code, Metadata(), Metadata(*failed.trailing_metadata), failed.message)


async def _nothing() -> None: ...


class FakePayments:
    """Stands where a `PaymentsServiceStub` stands.

    `done` counts what took effect, `asked` what was asked for. A verb in `lost` takes effect, and its answer is lost;
    `during` says what happens meanwhile.
    """

    def __init__(self, *lost: str, declines: bool = False) -> None:
        self.done: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.cards: set[str] = set()
        self.during: dict[str, Callable[[], Awaitable[None]]] = {}
        self.payment = Payment(name="payments/p", state=Payment.STATE_UNKNOWN)
        self._lost = Counter(lost)
        self._declines = declines
        self._seen: set[str] = set()

    async def AuthorizePayment(self, request: Any, timeout: float) -> Payment:
        self.cards.add(request.card_token)
        if self._declines:
            self.payment.decline_code = "do_not_honor"
            return await self._do("authorise", request, Payment.STATE_DECLINED, of=(Payment.STATE_UNKNOWN,))
        return await self._do("authorise", request, Payment.STATE_AUTHORISED, of=(Payment.STATE_UNKNOWN,))

    async def CapturePayment(self, request: Any, timeout: float) -> Payment:
        return await self._do("capture", request, Payment.STATE_CAPTURED, of=(Payment.STATE_AUTHORISED,))

    async def VoidPayment(self, request: Any, timeout: float) -> Payment:
        return await self._do("void", request, Payment.STATE_VOIDED, of=(Payment.STATE_AUTHORISED,))

    async def RefundPayment(self, request: Any, timeout: float) -> Payment:
        self.payment.refunded.CopyFrom(Money(currency_code="EUR", units=300))
        return await self._do("refund", request, Payment.STATE_REFUNDED, of=(Payment.STATE_CAPTURED,))

    async def _do(
        self, verb: str, request: Any, state: Payment.State.ValueType, *, of: tuple[Payment.State.ValueType, ...]
    ) -> Payment:
        self.asked[verb] += 1
        await self.during.pop(verb, _nothing)()
        if request.request_id not in self._seen:
            if self.payment.state not in of:
                name = Payment.State.Name(self.payment.state).removeprefix("STATE_")
                raise failure(grpc.StatusCode.FAILED_PRECONDITION, "PAYMENT_STATE_CONFLICT", state=name)
            self._seen.add(request.request_id)
            self.done[verb] += 1
            self.payment.state = state
        if self._lost[verb]:
            self._lost[verb] -= 1
            raise failure(grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")
        answer = Payment()
        answer.CopyFrom(self.payment)
        return answer
