"""Who sees which payments, and the books."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest

from innkeeper.payments.v1 import payments_pb2, payments_pb2_grpc
from tests.errors import refused
from tests.service.payments.till import Till, key

As = Callable[..., payments_pb2_grpc.PaymentsServiceStub]


@pytest.fixture
def caller(till: Till) -> As:
    """Makes the stub of a user with these scopes, besides those for payments."""

    def stub(user: str, *scopes: str) -> payments_pb2_grpc.PaymentsServiceStub:
        token = till.running.token(user, ("payments.read", *scopes))
        return till.running.stub(payments_pb2_grpc.PaymentsServiceStub, token=token)

    return stub


async def names(stub: payments_pb2_grpc.PaymentsServiceStub, *, page_size: int = 2) -> list[str]:
    """All that the caller sees, fetched page by page."""
    found: list[str] = []
    token = ""
    while True:
        page = await stub.ListPayments(payments_pb2.ListPaymentsRequest(page_size=page_size, page_token=token))
        assert len(page.payments) <= page_size
        found += [payment.name for payment in page.payments]
        token = page.next_page_token
        if not token:
            return found


async def test_only_the_payer_and_staff_see_a_payment(till: Till, caller: As) -> None:
    payment = await till.authorise()
    request = payments_pb2.GetPaymentRequest(name=payment.name)
    assert await caller("users/ada").GetPayment(request) == payment
    assert await caller("users/staff", "admin").GetPayment(request) == payment
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await caller("users/bob").GetPayment(request)
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await caller("users/bob").GetPayment(payments_pb2.GetPaymentRequest(name="payments/nowhere"))


async def test_a_list_holds_what_the_caller_may_see_the_newest_first(till: Till, caller: As) -> None:
    made = [(await till.authorise()).name for _ in range(5)]
    other = till.asking("tok_success")
    other.user = "users/bob"
    bobs = (await till.stub.AuthorizePayment(other)).name
    assert await names(caller("users/ada")) == made[::-1]
    assert await names(caller("users/bob")) == [bobs]
    assert await names(caller("users/staff", "admin")) == [bobs, *made[::-1]]
    assert await names(caller("users/carol")) == []


async def test_the_books_come_in_pages_in_order(till: Till, caller: As) -> None:
    paid = [(await till.capture((await till.authorise()).name)).name for _ in range(5)]
    stub = caller("users/staff", "ledger.read")
    first = await stub.ListLedgerEntries(payments_pb2.ListLedgerEntriesRequest(page_size=3))
    rest = await stub.ListLedgerEntries(
        payments_pb2.ListLedgerEntriesRequest(page_size=3, page_token=first.next_page_token)
    )
    entries = [*first.entries, *rest.entries]
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.payment for entry in entries] == paid
    assert rest.next_page_token == ""
    async with refused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"):
        await stub.ListLedgerEntries(
            payments_pb2.ListLedgerEntriesRequest(payment=paid[0], page_token=first.next_page_token)
        )


async def test_a_traveller_takes_no_money(till: Till, caller: As) -> None:
    name = (await till.authorise()).name
    async with refused(grpc.StatusCode.PERMISSION_DENIED, "INTERNAL_METHOD"):
        await caller("users/ada", "payments.write").CapturePayment(
            payments_pb2.CapturePaymentRequest(name=name, request_id=key())
        )


async def test_services_look_a_payment_up_with_its_entries(till: Till) -> None:
    payment, other = await till.authorise(units=100), await till.authorise(units=7)
    request = payments_pb2.LookUpPaymentRequest(name=payment.name)
    nobody = till.running.inside(payments_pb2_grpc.PaymentsServiceStub, as_service="notifications")
    assert await nobody.LookUpPayment(request) == payments_pb2.LookUpPaymentResponse(payment=payment)
    for captured in (other, payment):
        await till.capture(captured.name)
    refunded = await till.refund(payment.name, 30)
    found = await nobody.LookUpPayment(request)
    assert found.payment == refunded
    assert [
        (entry.payment, entry.description, [(posting.account, posting.amount.units) for posting in entry.postings])
        for entry in found.entries
    ] == [
        (payment.name, "capture", [("bank", 100), ("hotel_payables", -100)]),
        (payment.name, "refund", [("hotel_payables", 30), ("bank", -30)]),
    ]
    async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
        await nobody.LookUpPayment(payments_pb2.LookUpPaymentRequest(name="payments/nowhere"))
