"""What the bank answers, and whether that is final."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import grpc
import pytest
from grpc.aio import AioRpcError, Metadata

from chassis.errors import CallFailed
from innkeeper.bank.v1 import bank_pb2
from services.payments.bank import PATIENCE, Bank
from services.payments.operation import Agreed, Answer, Kind, Refused
from services.payments.payment import State
from tests.unit.payments.examples import operation, payment

AUTHORISED = replace(payment(State.AUTHORISED), transaction="transactions/t")


class FakeStub:
    """Answers every call the same way, and remembers what it was asked."""

    def __init__(self, answer: bank_pb2.Transaction | AioRpcError) -> None:
        self.asked: list[tuple[str, Any]] = []
        self._answer = answer

    def __getattr__(self, method: str) -> Any:
        async def call(request: Any, **options: float) -> bank_pb2.Transaction:
            assert options == {"timeout": PATIENCE}
            self.asked.append((method, request))
            if isinstance(self._answer, AioRpcError):
                raise self._answer
            return self._answer

        return call


def failure(code: grpc.StatusCode, reason: str = "", **metadata: str) -> AioRpcError:
    failed = CallFailed(code, "no", reason=reason, metadata=metadata)
    return AioRpcError(code, Metadata(), Metadata(*failed.trailing_metadata if reason else ()), "no")


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        (Kind.AUTHORISE, "Authorize"),
        (Kind.CAPTURE, "Capture"),
        (Kind.VOID, "Void"),
        (Kind.EXPIRE, "Void"),
        (Kind.REFUND, "Refund"),
    ],
)
async def test_it_is_asked_under_the_operations_key(kind: Kind, method: str) -> None:
    stub = FakeStub(bank_pb2.Transaction(name="transactions/t", state=bank_pb2.Transaction.STATE_AUTHORISED))
    intent = operation(kind, amount=1_234)
    assert await Bank(stub).ask(intent, AUTHORISED) == Agreed("transactions/t")  # type: ignore[arg-type]
    [(called, request)] = stub.asked
    assert (called, request.request_id) == (method, intent.key)
    if kind is Kind.AUTHORISE:
        assert request.card_token == "tok_success"
    else:
        assert request.name == "transactions/t"
    if kind in (Kind.AUTHORISE, Kind.REFUND):
        assert (request.amount.units, request.amount.nanos, request.amount.currency_code) == (12, 340_000_000, "EUR")


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (
            bank_pb2.Transaction(state=bank_pb2.Transaction.STATE_DECLINED, decline_code="do_not_honor"),
            Refused("do_not_honor"),
        ),
        (failure(grpc.StatusCode.UNAVAILABLE, "BANK_OUT_OF_ORDER"), None),
        (failure(grpc.StatusCode.DEADLINE_EXCEEDED), None),
        (failure(grpc.StatusCode.CANCELLED), None),
        (failure(grpc.StatusCode.INTERNAL), None),
        (failure(grpc.StatusCode.UNKNOWN), None),
        (failure(grpc.StatusCode.RESOURCE_EXHAUSTED), None),
        (failure(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_EXPIRED"), None),
        (failure(grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED"), None),
        (failure(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"), Refused("INVALID_FIELD")),
        (failure(grpc.StatusCode.INVALID_ARGUMENT), Refused("INVALID_ARGUMENT")),
        (failure(grpc.StatusCode.FAILED_PRECONDITION, "AMOUNT_TOO_LARGE"), Refused("AMOUNT_TOO_LARGE")),
        (
            failure(grpc.StatusCode.FAILED_PRECONDITION, "TRANSACTION_STATE_CONFLICT", state="CAPTURED"),
            Refused("TRANSACTION_STATE_CONFLICT"),
        ),
        (
            failure(grpc.StatusCode.FAILED_PRECONDITION, "TRANSACTION_STATE_CONFLICT", state="VOIDED"),
            Refused("TRANSACTION_STATE_CONFLICT", let_go=True),
        ),
        (failure(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"), Refused("RESOURCE_NOT_FOUND", let_go=True)),
    ],
    ids=lambda value: repr(value)[:60] if value is None or isinstance(value, Refused) else "",
)
async def test_only_a_final_answer_is_one(answer: bank_pb2.Transaction | AioRpcError, meaning: Answer | None) -> None:
    assert await Bank(FakeStub(answer)).ask(operation(Kind.CAPTURE), AUTHORISED) == meaning  # type: ignore[arg-type]
