"""The service that prints, and then the mail server, away for ten minutes while people book: no booking is to fail or
to take longer for it, and once they are back every mail is to be delivered, once, and the confirmations with a receipt.

The mail server is a real one, by TLS and with a password. Options name one of the two, `documents` or `smtp`, and say
for how many seconds each is away where that is to be shorter.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import grpc

from drills.bookers import Booker, bookers
from drills.deliveries import Deliveries
from drills.mail_server import MailServer
from drills.mesh import SERVICES, Mesh
from drills.outcome import Bar, Outcome
from drills.travellers import Pace, Tally
from drills.unsupervised import Processes, processes
from innkeeper.hotels.v1 import contacts_pb2, hotels_pb2_grpc

DOCUMENTS, SMTP = "documents", "smtp"
AWAY, BEFORE, AFTER = 600.0, 90.0, 10.0
PER_SECOND, BOOKERS = 3.0, 24
DELIVERED_WITHIN = 600.0
SLOWER: Final = 1.5
"""By how much bookings may take longer while something is away, at the 99th percentile."""

NONE = ("failed", "missing", "twice", "without_receipt")
"""What there may not be."""


async def rehearse(*options: str) -> Outcome:
    """For each of the two `…_bookings`, `…_failed`, `…_p99_before_ms`, `…_p99_away_ms`, `…_mails`, `…_missing`,
    `…_twice`, `…_without_receipt`, `…_delivered_s`: seconds from when it was back until all was delivered."""
    away = next((float(option) for option in options if option not in (DOCUMENTS, SMTP)), AWAY)
    figures: dict[str, float] = {}
    bars: list[Bar] = []
    for subject in [option for option in options if option in (DOCUMENTS, SMTP)] or (DOCUMENTS, SMTP):
        found = await _rehearsed(subject, away)
        print(subject, *(f"{name}={value:.3g}" for name, value in found.items()), flush=True)
        figures |= {f"{subject}_{name}": value for name, value in found.items()}
        bars += (Bar(figure=f"{subject}_{name}", at_most=0) for name in NONE)
        bars.append(Bar(figure=f"{subject}_p99_away_ms", at_most=SLOWER * found["p99_before_ms"]))
        bars.append(Bar(figure=f"{subject}_bookings", at_least=PER_SECOND * away * 0.9))
    return Outcome.of(figures, *bars)


async def _rehearsed(subject: str, away: float) -> dict[str, float]:
    tally = Tally()
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="innkeeper-drill-mail-")))
        server = MailServer(directory)
        server.start()
        stack.callback(server.kill)
        settings = {"ARGON2_MEMORY_KIB": "64", **server.settings}
        started, mesh = await stack.enter_async_context(processes(dict.fromkeys(SERVICES, 1), **settings))
        people = await bookers(mesh.network, BOOKERS, tally)
        await _reach_hotels(mesh, people[0].hotels)
        take_away, bring_back = _switch(subject, started, server)
        async with _booking(people):
            await asyncio.sleep(BEFORE)
            gone = time.monotonic()
            await asyncio.to_thread(take_away)
            await asyncio.sleep(away)
            await asyncio.to_thread(bring_back)
            back = time.monotonic()
            await asyncio.sleep(AFTER)
        deliveries = Deliveries(started.data_dir, server)
        with suppress(TimeoutError):
            async with asyncio.timeout(DELIVERED_WITHIN):
                while deliveries.missing() or deliveries.queued():  # noqa: ASYNC110 - other processes do it
                    await asyncio.sleep(1.0)
        delivered = time.monotonic() - back
        found = deliveries.figures()
    for failure, count in tally.failures.most_common(5):
        print(f"{count} × {failure}")
    return {
        "calls": tally.calls,
        "failed": tally.failed,
        "p99_before_ms": _p99(tally, gone - BEFORE / 2, gone),
        "p99_away_ms": _p99(tally, gone, back),
        "p99_after_ms": _p99(tally, back, float("inf")),
        **found,
        "delivered_s": delivered,
    }


def _switch(subject: str, started: Processes, server: MailServer) -> tuple[Callable[[], object], Callable[[], object]]:
    """What takes the subject away, and what brings it back."""
    if subject == SMTP:
        return server.kill, server.start
    return lambda: started.kill(started.of(DOCUMENTS)[0].process_id), lambda: started.start(DOCUMENTS)


@asynccontextmanager
async def _booking(people: list[Booker]) -> AsyncIterator[None]:
    """People book, while the block lasts; what is under way comes to its end."""
    pace, stop = Pace(PER_SECOND), asyncio.Event()

    async def go(booker: Booker) -> None:
        while not stop.is_set():
            await pace.wait()
            with suppress(grpc.aio.AioRpcError):  # counted
                await booker.book(await booker.choose())

    tasks = [asyncio.create_task(go(booker)) for booker in people]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def _reach_hotels(mesh: Mesh, hotels: list[str]) -> None:
    """Gives each hotel an address for its notices."""
    stub = mesh.network.stub(hotels_pb2_grpc.HotelsServiceStub, mesh.tokens)
    for hotel in hotels:
        contact = contacts_pb2.HotelContact(
            name=f"{hotel}/contact", email=f"{hotel.rpartition('/')[2]}@example.com", language_code="pt"
        )
        await stub.UpdateHotelContact(
            contacts_pb2.UpdateHotelContactRequest(contact=contact, request_id=str(uuid.uuid4()))
        )


def _p99(tally: Tally, begin: float, end: float) -> float:
    """Milliseconds that bookings took in that time."""
    took = sorted(took for ended, took, method in tally.seconds if method == "CreateBooking" and begin <= ended < end)
    return took[int(len(took) * 0.99)] * 1000 if took else 0.0
