"""A thousand WebSockets through the edge, while bookings come and go: every change has to reach those who watch, once
and in order, also those who are cut off meanwhile and come back; and what clients send has to be answered.

The changes are real bookings, made and called off by the users who watch. A delay is counted from the moment that the
event bears, so that to store the change and to log it is part of it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, cast

from drills.guests import EVENTS_OF_A_STAY, Guest, guests
from drills.memory import Memory
from drills.outcome import Bar, Outcome
from drills.supervised import supervised
from drills.travellers import Pace, Tally
from drills.viewer import Viewer
from innkeeper.booking.v1 import booking_pb2

SOCKETS, USERS = 1_000, 250
EVENTS_PER_SECOND, PINGS_PER_SECOND, CUTS_PER_SECOND = 50.0, 50.0, 5.0
SECONDS = 30.0
FIRST = 5
"""How many are opened and closed before: what a first connection takes is not what each takes."""

AT_ONCE = 25
"""How many open a WebSocket at a time."""

CALM = 2.0
"""Seconds after which memory is looked at."""

ARRIVED_WITHIN = 15.0
LONGEST_MS, LARGEST_KIB, EVENTS_AT_LEAST = 250, 100, 45


async def rehearse() -> Outcome:
    """`connections`, `events_per_s`, `delivered`, `lost`, `out_of_order`, `p99_ms`, `resumed`, `pongs`, `unanswered`,
    `pong_p99_ms`, `kib_per_connection`: of the edge and of the process of `web`."""
    tally = Tally()
    async with supervised(EDGE_PORT="0", ARGON2_MEMORY_KIB="64") as mesh:
        people = await guests(mesh, USERS, tally)
        viewers = [Viewer(mesh.edge, person.name, person.token) for _ in range(SOCKETS // USERS) for person in people]
        memory = await Memory.of(mesh)
        for do in (Viewer.open, Viewer.close):
            await _each(viewers[:FIRST], do)
        await asyncio.sleep(CALM)
        before = memory.kib()
        await _each(viewers, Viewer.open)
        await asyncio.sleep(CALM)
        opened = memory.kib()
        stays, pings, cuts = (
            asyncio.create_task(work)
            for work in (
                _at(EVENTS_PER_SECOND / EVENTS_OF_A_STAY, people, Guest.stay),
                _at(PINGS_PER_SECOND, viewers[::2], Viewer.ping),
                _at(CUTS_PER_SECOND, viewers[1::2], _cut_and_back),
            )
        )
        await asyncio.gather(stays, pings, cuts)
        happened = await _happened(people)
        await _arrived(viewers, happened)
        loaded = memory.kib()
        await _each(viewers, Viewer.close)
    for failure, count in tally.failures.most_common():
        print(f"{count} × {failure}")
    for ended in sorted({ended for viewer in viewers for ended in viewer.ended}):
        print(f"a WebSocket ended: {ended}")
    for when, now in (("when open", opened), ("at the end", loaded)):
        print(f"KiB a connection {when}:", *(f"{name} {(now[name] - before[name]) / SOCKETS:.1f}" for name in before))
    return Outcome.of(
        {
            "connections": SOCKETS,
            "events_per_s": sum(map(len, happened.values())) / SECONDS,
            "delivered": sum(len(viewer.ids) for viewer in viewers),
            "lost": sum(len(happened[viewer.user].difference(viewer.ids)) for viewer in viewers),
            "out_of_order": sum(_disorder(viewer.ids) for viewer in viewers),
            "p99_ms": _p99(itertools.chain.from_iterable(viewer.delays for viewer in viewers)) * 1000,
            "resumed": sum(viewer.cuts for viewer in viewers),
            "pongs": sum(len(viewer.pongs) for viewer in viewers),
            "unanswered": sum(viewer.unanswered for viewer in viewers),
            "pong_p99_ms": _p99(itertools.chain.from_iterable(viewer.pongs for viewer in viewers)) * 1000,
            "kib_per_connection": (max(sum(opened.values()), sum(loaded.values())) - sum(before.values())) / SOCKETS,
        },
        Bar(figure="events_per_s", at_least=EVENTS_AT_LEAST),
        Bar(figure="lost", at_most=0),
        Bar(figure="out_of_order", at_most=0),
        Bar(figure="p99_ms", at_most=LONGEST_MS),
        Bar(figure="unanswered", at_most=0),
        Bar(figure="pong_p99_ms", at_most=LONGEST_MS),
        Bar(figure="kib_per_connection", at_most=LARGEST_KIB),
    )


async def _each(viewers: Iterable[Viewer], do: Callable[[Viewer], Awaitable[None]]) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(viewer: Viewer) -> None:
        async with room:
            await do(viewer)

    await asyncio.gather(*map(one, viewers))


async def _at(per_second: float, those: Sequence[Any], do: Callable[[Any], Awaitable[None]]) -> None:
    """Has one after the other do it, at that rate; each comes to the end of it before its next turn."""
    pace, turns = Pace(per_second), [*those]
    random.shuffle(turns)
    under_way: dict[int, asyncio.Task[None]] = {}
    for turn in range(int(per_second * SECONDS)):
        await pace.wait()
        place = turn % len(turns)
        if place in under_way:
            await under_way[place]
        under_way[place] = asyncio.ensure_future(do(turns[place]))
    await asyncio.gather(*under_way.values())


async def _cut_and_back(viewer: Viewer) -> None:
    await viewer.cut()
    await asyncio.sleep(random.uniform(0, 1))
    await viewer.open()


async def _happened(people: Iterable[Guest]) -> Mapping[str, frozenset[int]]:
    """The ids of all events of each user, by gRPC."""
    found = {}
    for person in people:
        request = booking_pb2.WatchUserBookingsRequest(user=person.name)
        ids = set()
        stream = cast(AsyncGenerator[booking_pb2.BookingEvent, None], person.bookings.WatchUserBookings(request))
        async with aclosing(stream) as events:
            async for event in events:
                if event.type == booking_pb2.BookingEvent.TYPE_CURRENT:
                    break
                ids.add(event.id)
        found[person.name] = frozenset(ids)
    return found


async def _arrived(viewers: Sequence[Viewer], happened: Mapping[str, frozenset[int]]) -> None:
    """Returns when all has come that is to come, or does not come any more."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ARRIVED_WITHIN):
            while any(  # noqa: ASYNC110 - no one event stands for all
                viewer.unanswered or happened[viewer.user].difference(viewer.ids) for viewer in viewers
            ):
                await asyncio.sleep(0.2)


def _disorder(ids: Sequence[int]) -> int:
    return sum(after <= before for before, after in itertools.pairwise(ids))


def _p99(seconds: Iterable[float]) -> float:
    ordered = sorted(seconds)
    return ordered[int(len(ordered) * 0.99)] if ordered else float("inf")
