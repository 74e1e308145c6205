"""Travellers download the documents of their bookings."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from grpc.aio import AioRpcError

from innkeeper.booking.v1 import booking_pb2
from innkeeper.payments.v1 import payments_pb2, payments_pb2_grpc
from tests.conftest import RunningPlatform, StartPlatform
from tests.service.booking.desk import GUEST, Desk
from tests.service.web.conftest import BEHIND
from tests.unit.printing.reading import amount, beside, text

DOCUMENTS = ("confirmation", "receipt", "invoice")
READ = ("bookings.read", "payments.read")


@pytest.fixture
async def running(platform: StartPlatform) -> RunningPlatform:
    return await platform(*BEHIND, "documents", "web", elsewhere=("auth", "links", "notifications"))


@pytest.fixture
async def web(running: RunningPlatform) -> AsyncIterator[httpx.AsyncClient]:
    """Asks in the name of users/ada."""
    headers = {"Authorization": f"Bearer {running.token('users/ada', READ)}"}
    async with httpx.AsyncClient(
        base_url=f"http://{running.platform.http_address}", headers=headers, trust_env=False
    ) as client:
        yield client


@pytest.fixture
async def booking(desk: Desk) -> booking_pb2.Booking:
    """Of users/ada, confirmed and paid."""
    return await desk.book()


def path(booking: booking_pb2.Booking, document: str) -> str:
    return f"/v1/{booking.name}/documents/{document}"


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_a_document_is_a_file(document: str, booking: booking_pb2.Booking, web: httpx.AsyncClient) -> None:
    answer = await web.get(path(booking, document))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="{document}-{booking.confirmation_code}.pdf"'
    )
    assert answer.headers["cache-control"] == "no-store"
    assert f"{GUEST.given_name} {GUEST.family_name}" in text(answer.content)
    assert (await web.get(path(booking, document))).content == answer.content


async def test_a_receipt_is_what_the_ledger_has(
    booking: booking_pb2.Booking, desk: Desk, web: httpx.AsyncClient, running: RunningPlatform
) -> None:
    await desk.cancel(booking.name)
    staff = running.stub(payments_pb2_grpc.PaymentsServiceStub, token=running.token("users/staff", ("ledger.read",)))
    entries = await staff.ListLedgerEntries(payments_pb2.ListLedgerEntriesRequest(payment=booking.payment))
    bank = [posting.amount for entry in entries.entries for posting in entry.postings if posting.account == "bank"]
    content = (await web.get(path(booking, "receipt"), headers={"Accept-Language": "en"})).content
    shown = re.findall(r"(?:Paid|Refunded) (-?[0-9.,]+ EUR)", text(content))
    assert [amount(said, "en", "EUR", 2) for said in shown] == [
        money.units * 100 + money.nanos // 10**7 for money in bank
    ]
    assert len(shown) == 2
    assert beside(content, "Paid in all") == "0.00 EUR"


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        pytest.param("?language=pt-BR", "zh", "pt", id="by query"),
        pytest.param("", "zh-CN,zh;q=0.9,en;q=0.8", "zh", id="by header"),
        pytest.param("", "fr, pt;q=0.5, zh;q=0.7", "zh", id="the dearest that there is"),
        pytest.param("", "fr, pt;q=0", "en", id="not that one"),
        pytest.param("", "*, ;;q=x", "en", id="nonsense"),
    ],
)
async def test_the_language_asked_for(
    query: str, accepted: str, language: str, booking: booking_pb2.Booking, web: httpx.AsyncClient
) -> None:
    answer = await web.get(path(booking, "confirmation") + query, headers={"Accept-Language": accepted})
    assert (answer.status_code, answer.headers["content-language"]) == (200, language)


async def test_what_is_no_language(booking: booking_pb2.Booking, web: httpx.AsyncClient) -> None:
    answer = await web.get(path(booking, "confirmation"), params={"language": "<b>"})
    assert (answer.status_code, reason(answer)) == (400, "INVALID_FIELD")


async def test_documents_are_for_whom_the_booking_is(
    booking: booking_pb2.Booking, web: httpx.AsyncClient, running: RunningPlatform
) -> None:
    async def asked(document: str, token: str) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {token}"} if token else {"Authorization": ""}
        answer = await web.get(path(booking, document), headers=headers)
        return answer.status_code, "" if answer.status_code == 200 else reason(answer)

    assert await asked("receipt", "") == (401, "TOKEN_MISSING")
    assert await asked("receipt", "no.good.token") == (401, "TOKEN_INVALID")
    assert await asked("receipt", running.token("users/eve", READ)) == (404, "RESOURCE_NOT_FOUND")
    assert await asked("receipt", running.token("users/ada", ["bookings.read"])) == (403, "SCOPE_MISSING")
    assert await asked("confirmation", running.token("users/ada", ["bookings.read"])) == (200, "")
    assert await asked("confirmation", running.token("users/ada", ["payments.read"])) == (403, "SCOPE_MISSING")
    assert await asked("receipt", running.token("users/staff", [*READ, "admin"])) == (200, "")


@pytest.mark.parametrize("document", ["", "ticket", "RECEIPT"])
async def test_documents_that_there_are_not(
    document: str, booking: booking_pb2.Booking, web: httpx.AsyncClient
) -> None:
    answer = await web.get(path(booking, document))
    assert (answer.status_code, reason(answer)) == (404, "RESOURCE_NOT_FOUND")


async def test_what_was_never_paid_has_no_receipt(desk: Desk, web: httpx.AsyncClient) -> None:
    with pytest.raises(AioRpcError):
        await desk.book("tok_decline")
    (failed,) = (await desk.stub.ListBookings(booking_pb2.ListBookingsRequest())).bookings
    assert failed.payment
    reasons = {document: reason(await web.get(path(failed, document))) for document in DOCUMENTS}
    assert reasons == {"confirmation": "NOT_CONFIRMED", "receipt": "NOT_PAID", "invoice": "NOT_PAID"}


def reason(answer: httpx.Response) -> Any:
    """Why the request failed."""
    return answer.json()["details"][0]["reason"]
