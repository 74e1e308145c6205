"""Asks the payments service for the step of a booking, and puts what it says into our words."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import grpc
import structlog

from chassis.errors import error_info
from chassis.money import from_minor, to_minor
from innkeeper.payments.v1 import payments_pb2, payments_pb2_grpc
from services.booking.booking import Booking, Payment, PaymentState
from services.booking.steps import Progress, Step, request_id

LONGEST_CALL: Final = 4.0
"""Seconds that the payments service is given to answer: it gives the bank three."""


class Charges:
    """The payments service, as far as bookings need it. Asking again for the same step does nothing twice."""

    def __init__(self, stub: payments_pb2_grpc.PaymentsServiceStub) -> None:
        self._stub = stub
        self._log = structlog.get_logger().bind(logger="innkeeper.booking.charges")

    async def ask(self, booking: Booking, progress: Progress) -> Payment | None:
        """What the payment turns out to be when its step is asked for; None where nobody answers."""
        if progress.step is Step.CONFIRM:
            return booking.payment
        try:
            return _payment(await self._sent(booking, progress))
        except grpc.aio.AioRpcError as error:
            self._log.warning("charge_not_done", booking=booking.name, step=progress.step, error=error.details())
            return _after_error(error, booking, progress)

    async def _sent(self, booking: Booking, progress: Progress) -> payments_pb2.Payment:
        name = booking.payment.name
        match progress.step:
            case Step.CAPTURE:
                capture = payments_pb2.CapturePaymentRequest(name=name, request_id=request_id(booking.name, "capture"))
                return await self._stub.CapturePayment(capture, timeout=LONGEST_CALL)
            case Step.VOID if booking.payment.is_known:
                void = payments_pb2.VoidPaymentRequest(name=name, request_id=request_id(booking.name, "void"))
                return await self._stub.VoidPayment(void, timeout=LONGEST_CALL)
            case Step.REFUND:
                refund = payments_pb2.RefundPaymentRequest(name=name, request_id=request_id(booking.name, "refund"))
                return await self._stub.RefundPayment(refund, timeout=LONGEST_CALL)
            case _:  # Also before a void: what the bank has not answered must be known before it can be undone.
                return await self._stub.AuthorizePayment(_authorisation(booking, progress), timeout=LONGEST_CALL)


def _authorisation(booking: Booking, progress: Progress) -> payments_pb2.AuthorizePaymentRequest:
    return payments_pb2.AuthorizePaymentRequest(
        subject=booking.name,
        user=booking.user,
        amount=from_minor(booking.price.total, booking.price.currency),
        card_token=progress.card_token,
        request_id=request_id(booking.name, "authorise"),
    )


def _payment(message: payments_pb2.Payment) -> Payment:
    return Payment(
        state=PaymentState[payments_pb2.Payment.State.Name(message.state).removeprefix("STATE_")],
        name=message.name,
        refunded=to_minor(message.refunded) if message.refunded.currency_code else 0,
        decline_code=message.decline_code,
    )


def _after_error(error: grpc.aio.AioRpcError, booking: Booking, progress: Progress) -> Payment | None:
    """A refusal that says what the payment is, is an answer; any other error is none."""
    info = error_info(error)
    if info is not None and info.reason == "PAYMENT_STATE_CONFLICT":
        return replace(booking.payment, state=PaymentState[info.metadata["state"]])
    if info is not None and info.reason == "REFUND_TOO_LARGE":  # all that is left was asked for, and nothing is left
        return replace(booking.payment, state=PaymentState.REFUNDED, refunded=booking.price.total)
    if error.code() is grpc.StatusCode.INVALID_ARGUMENT and progress.step is Step.AUTHORISE:
        return Payment(state=PaymentState.DECLINED, decline_code="invalid_payment")
    return None
