"""Which of several processes sends a mail."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from services.notifications import store
from services.notifications.mail import State
from services.notifications.sending.mailbox import Mailbox
from tests.postgresql import Cluster
from tests.service.notifications.sending.slow_letters import SlowLetters
from tests.service.notifications.sending.slow_mailbox import Slow
from tests.service.notifications.sending.sorting_office import SortingOffice, opened, relay
from tests.smtp import MailServer


async def test_a_process_that_stops_leaves_to_others_what_it_has_in_hand(room: SortingOffice, tmp_path: Path) -> None:
    server = await MailServer(directory=tmp_path).start()
    stuck = asyncio.Event()
    server.once_taken = stuck.wait
    slow = SortingOffice(room.database, relay(server.url, server.ca_file), grace=0.05)
    async with slow.at_work():
        name = await slow.queued()
        async with asyncio.timeout(10):
            await slow.until(name, lambda _: len(server.received) == 1)
    async with room.at_work():
        await room.comes_to(name, State.SENT)
    stuck.set()
    await server.stop()


async def test_a_mail_in_hand_is_not_claimed_anew_by_a_process_that_stood_still(
    room: SortingOffice, tmp_path: Path
) -> None:
    slow = Slow(tmp_path)
    office = SortingOffice(room.database, slow)
    async with office.at_work():
        first = await office.queued()
        await slow.taken.wait()
        office.later(seconds=31)
        second = await office.queued("users/bob")
        await office.comes_to(second, State.SENT)
        slow.going.set()
        await office.comes_to(first, State.SENT)
    assert slow.delivered == [first, second]


async def test_a_mail_that_somebody_else_has_claimed_meanwhile_is_not_handed_over(
    room: SortingOffice, tmp_path: Path
) -> None:
    slow = SlowLetters()
    office = SortingOffice(room.database, room.transport, slow)
    async with office.at_work():
        name = await office.queued()
        await slow.composing.wait()
        now = office.clock() + timedelta(seconds=31)
        claim = partial(store.claim, holder="another", now=now, until=now + timedelta(seconds=30), limit=1)
        assert [mail.name for mail in await office.database.write(claim)] == [name]
        slow.going.set()
    assert not (tmp_path / "mail").exists()
    assert (await office.mail(name)).state is State.QUEUED


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_two_replicas_with_a_connection_each(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    cluster: Cluster | None = request.getfixturevalue("postgresql") if kind == "postgresql" else None
    url = cluster.url("notifications") if cluster is not None else ""
    rooms = [SortingOffice(opened(tmp_path, url), Mailbox(tmp_path)) for _ in range(2)]
    async with rooms[0].at_work(), rooms[1].at_work():
        names = [await rooms[number % 2].queued(f"users/u{number}") for number in range(40)]
        again = [await rooms[1].queued("users/u0", event="e-1"), await rooms[0].queued("users/u0", event="e-1")]
        for name in (*names, *again):
            await rooms[0].comes_to(name, State.SENT)
    composed = [name for room in rooms for name in room.letters.composed]
    noted = {name for room in rooms for name in room.letters.noted}  # a unit of work may run again
    assert sorted(composed) == sorted(noted) == sorted({*names, *again})
    for room in rooms:
        room.database.close()
