"""How many receipts a second the documents service prints, and how late its event loop is meanwhile.

By gRPC over a socket, from this process to one that has the service behind every interceptor, with as many callers as
keep its workers busy. The lag is that of the event loop which serves, as its admission sees it: of the samples of a
round, one every 25 ms, that which 99 of 100 stay below.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import sys
import time
from collections.abc import Iterator

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.money_pb2 import Money

from chassis.server.authentication import AUTHORIZATION
from drills.process import running
from innkeeper.booking.v1.booking_pb2 import Booking, Guest
from innkeeper.documents.v1.documents_pb2 import RenderDocumentRequest
from innkeeper.documents.v1.documents_pb2_grpc import DocumentsServiceStub
from innkeeper.payments.v1.payments_pb2 import Payment

ROUNDS, CALLERS, SECONDS = 3, 8, 5.0
GUESTS = (("en", "Ada", "Lovelace"), ("zh", "张", "伟"), ("pt", "João", "da Conceição"), ("en", "محمد", "علي"))


async def measure() -> dict[str, float]:
    """`receipts_per_s` and `receipts_loop_lag_ms`, side by side. Medians of the rounds."""
    rates, lags = list[float](), list[float]()
    async with running("benchmarks.receipts_server") as server:
        address, authorization = json.loads(await server.line())
        async with grpc.aio.insecure_channel(address) as channel:
            stub, requests = DocumentsServiceStub(channel), _requests()
            metadata = ((AUTHORIZATION, authorization),)
            await asyncio.gather(*(_printed(stub, next(requests), metadata) for _ in range(CALLERS)))
            for _ in range(ROUNDS):
                await server.asked("begin")
                rates.append(await _rate(stub, requests, metadata))
                lag = json.loads(await server.asked("end"))
                lags.append(lag["p99"])
                print(f"{rates[-1]:.0f} receipts/s, lag {lag}", file=sys.__stderr__, flush=True)
    return {"receipts_per_s": statistics.median(rates), "receipts_loop_lag_ms": statistics.median(lags)}


async def _rate(
    stub: DocumentsServiceStub, requests: Iterator[RenderDocumentRequest], metadata: tuple[tuple[str, str]]
) -> float:
    begun, printed = time.perf_counter(), 0

    async def caller() -> None:
        nonlocal printed
        while time.perf_counter() - begun < SECONDS:
            await _printed(stub, next(requests), metadata)
            printed += 1

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return printed / (time.perf_counter() - begun)


async def _printed(
    stub: DocumentsServiceStub, request: RenderDocumentRequest, metadata: tuple[tuple[str, str]]
) -> None:
    size = 0
    async for piece in stub.RenderDocument(request, metadata=metadata):
        size += len(piece.data) if piece.HasField("data") else -piece.info.size
    if size:
        raise RuntimeError("a receipt came in part")


def _requests() -> Iterator[RenderDocumentRequest]:
    """Receipts for three nights, each of another amount, in turn for each of the guests."""
    paid = Timestamp(seconds=1_790_000_000)
    for number, (language, given, family) in zip(itertools.count(1), itertools.cycle(GUESTS), strict=False):
        night, tax = 100 + number, 7
        total = 3 * night + tax
        booking = Booking(
            name=f"bookings/b{number}",
            state=Booking.STATE_CONFIRMED,
            check_in={"year": 2026, "month": 12, "day": 1},
            check_out={"year": 2026, "month": 12, "day": 4},
            guests=2,
            lead_guest=Guest(given_name=given, family_name=family, email="guest@example.com"),
            price={
                "nights": [
                    {"date": {"year": 2026, "month": 12, "day": day}, "price": _euros(night)} for day in (1, 2, 3)
                ],
                "taxes": [{"display_name": "City tax", "amount": _euros(tax)}],
                "total": _euros(total),
            },
            time_zone="Europe/Vienna",
            payment=f"payments/p{number}",
            confirmation_code=f"K{number:07}",
            update_time=paid,
        )
        request = RenderDocumentRequest(language_code=language, booking=booking)
        request.hotel.display_name = "Hotel Zur Post"
        request.hotel.address.region_code, request.hotel.address.locality = "AT", "Wien"
        receipt = request.receipt
        receipt.payment.CopyFrom(
            Payment(name=booking.payment, state=Payment.STATE_CAPTURED, subject=booking.name, amount=_euros(total))
        )
        entry = receipt.entries.add(number=number, payment=booking.payment, enter_time=paid)
        entry.postings.add(account="bank", amount=_euros(total))
        entry.postings.add(account="hotel_payables", amount=_euros(-total))
        yield request


def _euros(units: int) -> Money:
    return Money(currency_code="EUR", units=units)
