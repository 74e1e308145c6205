"""What is sent when: after crashes, while others are away, and what nobody wants."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import grpc
import pytest
from grpc.aio import Metadata
from sqlalchemy.exc import OperationalError

from chassis.storage.database import Database
from chassis.storage.session import Session
from services.notifications import store, unsubscriptions
from services.notifications.composer import NotYet, OutOfReach
from services.notifications.keeping import Keeping
from services.notifications.mail import Mail, State, Topic
from services.notifications.mailbox import Mailbox
from services.notifications.person import personal_data
from tests.postgresql import Cluster
from tests.service.notifications.sorting_office import TOKENS, SortingOffice, opened, relay
from tests.smtp import MailServer

T = TypeVar("T")
Crash = Callable[[str, Path | None], Awaitable[None]]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[SortingOffice]:
    database = opened(tmp_path)
    yield SortingOffice(database, Mailbox(tmp_path))
    database.close()


@pytest.fixture
def crash(tmp_path: Path) -> Crash:
    """Has a process of its own send the first mail, and die before it has noted that."""

    async def run(url: str, ca_file: Path | None) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.service.notifications.crashing", str(tmp_path), url, str(ca_file)
        )
        async with asyncio.timeout(30):
            assert await process.wait() == -signal.SIGKILL

    return run


def files(directory: Path) -> list[Path]:
    return sorted(path for path in (directory / "mail").iterdir())


async def test_a_crash_before_it_is_noted_that_a_mail_was_taken(
    room: SortingOffice, tmp_path: Path, crash: Crash
) -> None:
    server = await MailServer(directory=tmp_path).start()
    again = SortingOffice(room.database, relay(server.url, server.ca_file), clock=room.clock)
    name = await room.queued()
    await crash(server.url, server.ca_file)
    left = await room.mail(name)
    assert left.state is State.QUEUED
    assert len(server.received) == 1
    async with again.at_work():
        again.later(seconds=0)
        await asyncio.sleep(0.05)
        assert len(server.received) == 1, "while the claim of the dead is believed"
        again.later(seconds=31)
        await again.comes_to(name, State.SENT)
    first, second = server.received
    assert first.id == second.id == left.message_id
    assert first.message["Date"] == second.message["Date"]
    await server.stop()


async def test_a_crash_leaves_one_file(room: SortingOffice, tmp_path: Path, crash: Crash) -> None:
    name = await room.queued()
    await crash("", None)
    before = files(tmp_path)
    async with room.at_work():
        room.later(seconds=31)
        await room.comes_to(name, State.SENT)
    assert files(tmp_path) == before
    assert len(before) == 1
    assert before[0].stat().st_mode & 0o077 == 0
    assert before[0].parent.stat().st_mode & 0o077 == 0


async def test_a_process_that_stops_leaves_to_others_what_it_has_in_hand(room: SortingOffice, tmp_path: Path) -> None:
    server = await MailServer(directory=tmp_path).start()
    stuck = asyncio.Event()
    server.once_taken = lambda: stuck.wait()  # type: ignore[assignment, return-value]  # what it returns is not read
    slow = SortingOffice(room.database, relay(server.url, server.ca_file), grace=0.05)
    async with slow.at_work():
        name = await slow.queued()
        async with asyncio.timeout(10):
            await slow.until(name, lambda _: len(server.received) == 1)
    async with room.at_work():
        await room.comes_to(name, State.SENT)
    stuck.set()
    await server.stop()


class Slow(Mailbox):
    """Has one mail in hand until it may go on."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self.taken, self.going = asyncio.Event(), asyncio.Event()
        self.delivered: list[str] = []

    async def deliver(self, mail: Any, sealed: Any) -> None:
        self.delivered.append(mail.name)
        if not self.taken.is_set():
            self.taken.set()
            await self.going.wait()
        await super().deliver(mail, sealed)


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
    composing, going = asyncio.Event(), asyncio.Event()
    compose = room.letters.compose

    async def slowly(mail: Mail) -> Any:
        composing.set()
        await going.wait()
        return await compose(mail)

    room.letters.compose = slowly  # type: ignore[method-assign]  # this composer is slow
    async with room.at_work():
        name = await room.queued()
        await composing.wait()
        now = room.clock() + timedelta(seconds=31)
        claim = partial(store.claim, holder="another", now=now, until=now + timedelta(seconds=30), limit=1)
        assert [mail.name for mail in await room.database.write(claim)] == [name]
        going.set()
    assert not (tmp_path / "mail").exists()
    assert (await room.mail(name)).state is State.QUEUED


class Away(Database):
    """A database that does not answer to some writes."""

    def __init__(self, database: Database) -> None:
        self.read = database.read  # type: ignore[method-assign]  # it is that of the other
        self.answers = database.write
        self.away = 0

    async def write(self, work: Callable[[Session], T]) -> T:
        if self.away:
            self.away -= 1
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("", {}, error)
        return await self.answers(work)


async def test_that_a_mail_is_out_is_noted_when_the_database_is_back(room: SortingOffice, tmp_path: Path) -> None:
    away = Away(room.database)

    class Last(Slow):
        async def deliver(self, mail: Any, sealed: Any) -> None:
            await super().deliver(mail, sealed)
            away.away = 2

    last = Last(tmp_path)
    last.going.set()
    office = SortingOffice(away, last)
    async with office.at_work():
        name = await office.queued()
        await office.comes_to(name, State.SENT)
    assert last.delivered == [name]


async def test_mails_go_out_when_the_database_is_back(room: SortingOffice) -> None:
    away = Away(room.database)
    office = SortingOffice(away, room.transport)
    name = await office.queued()
    away.away = 1
    async with office.at_work():
        await office.comes_to(name, State.SENT)


async def test_nobody_goes_on_where_what_is_in_hand_could_not_be_left_to_others(room: SortingOffice) -> None:
    before = asyncio.all_tasks()
    away = Away(room.database)
    office = SortingOffice(away, room.transport)
    async with office.at_work():
        await office.comes_to(await office.queued(), State.SENT)
        away.away = 1000
    assert asyncio.all_tasks() == before


async def test_an_address_that_is_none(room: SortingOffice) -> None:
    room.letters.to["users/ada"] = "ada at guests.example"
    async with room.at_work():
        mail = await room.comes_to(await room.queued())
    assert (mail.state, mail.failure, mail.attempts) == (State.FAILED, "no-address", 1)


ABSENCES: list[Any] = [
    pytest.param(OutOfReach(), "out-of-reach", id="out of reach"),
    pytest.param(
        grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, Metadata(), Metadata()), "no-answer UNAVAILABLE", id="away"
    ),
    pytest.param(
        grpc.aio.AioRpcError(grpc.StatusCode.DEADLINE_EXCEEDED, Metadata(), Metadata()),
        "no-answer DEADLINE_EXCEEDED",
        id="slow",
    ),
]


@pytest.mark.parametrize(("error", "failure"), ABSENCES)
async def test_what_mails_need_is_away_for_ten_minutes(room: SortingOffice, error: Exception, failure: str) -> None:
    room.letters.error = error
    async with room.at_work():
        names = [await room.queued(f"users/u{number}") for number in range(20)]
        waiting = await room.until(names[0], lambda mail: bool(mail.failure))
        assert (waiting.failure, waiting.attempts) == (failure, 0)
        for _ in range(20):
            room.later(seconds=30)
            await asyncio.sleep(0.01)
        assert len(room.letters.composed) <= room.concurrency + 21, "one at a time"
        room.letters.error = None
        room.later(seconds=31)
        for name in names:
            sent = await room.comes_to(name)
            assert (sent.state, sent.attempts) == (State.SENT, 1)


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


async def test_what_cannot_be_made_keeps_nobody_waiting(room: SortingOffice) -> None:
    room.letters.error = KeyError("a defect")
    async with room.at_work():
        broken = await room.queued(kind="broken")
        await room.until(broken, lambda mail: mail.attempts == 1)
        room.letters.error = None
        await room.comes_to(await room.queued(kind="broken"), State.SENT)
        assert (await room.mail(broken)).failure == "not-composed KeyError"


async def test_a_mail_that_waits_for_its_time(room: SortingOffice) -> None:
    due = room.clock() + timedelta(hours=2)
    async with room.at_work():
        name = await room.queued(due_time=due)
        room.later(hours=1)
        room.letters.error = NotYet(due + timedelta(hours=1))
        room.later(hours=1, seconds=1)
        waiting = await room.until(name, lambda mail: mail.due_time > due)
        assert (waiting.state, waiting.attempts) == (State.QUEUED, 0)
        room.letters.error = None
        room.later(hours=1)
        await room.comes_to(name, State.SENT)
    assert room.letters.noted == [name]


async def test_nothing_to_tell_any_more(room: SortingOffice, tmp_path: Path) -> None:
    room.letters.to["users/ada"] = ""
    async with room.at_work():
        mail = await room.comes_to(await room.queued())
    assert mail.state is State.NOT_NEEDED
    assert not (tmp_path / "mail").exists()
    assert room.letters.noted == []


async def test_reminders_that_nobody_wants(room: SortingOffice, tmp_path: Path) -> None:
    async with room.at_work():
        wanted = await room.comes_to(await room.queued(topic=Topic.REMINDERS))
        (file,) = files(tmp_path)
        await room.database.write(
            lambda session: unsubscriptions.add(session, "users/ada", Topic.REMINDERS, room.clock())
        )
        unwanted = await room.comes_to(await room.queued(topic=Topic.REMINDERS))
        needed = await room.comes_to(await room.queued())
    assert wanted.state is needed.state is State.SENT
    assert (unwanted.state, unwanted.failure) == (State.SUPPRESSED, "unsubscribed")
    content = file.read_text()
    assert f"List-Unsubscribe: <{TOKENS.url('users/ada', Topic.REMINDERS)}>\n" in content
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in content


async def test_one_guest_of_an_agency_does_not_unsubscribe_the_others(room: SortingOffice, tmp_path: Path) -> None:
    more = {"user": "clients/agency", "topic": Topic.REMINDERS}
    async with room.at_work():
        await room.comes_to(await room.queued("bookings/a", **more), State.SENT)
        (file,) = files(tmp_path)
        found = re.search("List-Unsubscribe: <.*/unsubscribe/(.*)>", file.read_text())
        assert found is not None
        who, topic = TOKENS.read(found[1])
        await room.database.write(lambda session: unsubscriptions.add(session, who, topic, room.clock()))
        unwanted = await room.comes_to(await room.queued("bookings/a", **more))
        wanted = await room.comes_to(await room.queued("bookings/b", **more))
    assert (unwanted.state, wanted.state) == (State.SUPPRESSED, State.SENT)


async def test_a_person_is_forgotten(room: SortingOffice, tmp_path: Path) -> None:
    forgets = personal_data(Mailbox(tmp_path))
    async with room.at_work():
        await room.comes_to(await room.queued("hotels/sacher", user="users/ada"))
        await room.comes_to(await room.queued("users/bob"))
        await room.queued(due_time=room.clock() + timedelta(days=1))
        await room.database.write(
            lambda session: room.bounces.note(
                session, address="ada@guests.example", mail=None, reason="", now=room.clock()
            )
        )
        held = await room.database.read(lambda session: forgets.export(session, "users/ada"))
        assert [len(held[part]) for part in ("mails", "bounces", "unsubscribed")] == [2, 0, 0]  # type: ignore[arg-type]  # lists
        await room.database.write(lambda session: forgets.erase(session, "users/ada"))
        held = await room.database.read(lambda session: forgets.export(session, "users/ada"))
    assert not any(held.values())
    (left,) = files(tmp_path)
    assert "bob@guests.example" in left.read_text()


async def test_a_person_who_is_forgotten_while_the_mail_is_made(room: SortingOffice, tmp_path: Path) -> None:
    forgets = personal_data(Mailbox(tmp_path))
    taken, going = asyncio.Event(), asyncio.Event()
    deliver = room.transport.deliver

    class Late(Mailbox):
        async def deliver(self, mail: Any, sealed: Any) -> None:
            taken.set()
            await going.wait()
            await deliver(mail, sealed)

    late = SortingOffice(room.database, Late(tmp_path))
    async with late.at_work():
        await late.queued()
        await taken.wait()
        await room.database.write(lambda session: forgets.erase(session, "users/ada"))
        going.set()
    assert files(tmp_path) == []


async def test_a_person_who_is_forgotten_before_the_mail_is_handed_over(room: SortingOffice, tmp_path: Path) -> None:
    forgets = personal_data(Mailbox(tmp_path))
    composing, going = asyncio.Event(), asyncio.Event()
    compose = room.letters.compose

    async def slowly(mail: Mail) -> Any:
        composing.set()
        await going.wait()
        return await compose(mail)

    room.letters.compose = slowly  # type: ignore[method-assign]  # this composer is slow
    async with room.at_work():
        await room.queued()
        await composing.wait()
        await room.database.write(lambda session: forgets.erase(session, "users/ada"))
        going.set()
    assert not (tmp_path / "mail").exists()
    assert room.letters.noted == []


async def test_mails_are_forgotten_after_a_time(room: SortingOffice, tmp_path: Path) -> None:
    keeping = Keeping(room.database, Mailbox(tmp_path), room.clock, days=90)
    async with room.at_work():
        await room.comes_to(await room.queued())
        await keeping.forget()
        assert len(files(tmp_path)) == 1
        room.later(days=91)
        kept = await room.queued("users/bob", due_time=room.clock() + timedelta(days=1))
        await keeping.forget()
        assert files(tmp_path) == []
        assert (await room.mail(kept)).state is State.QUEUED


async def test_metrics(room: SortingOffice) -> None:
    room.letters.error = KeyError("a defect")
    async with room.at_work():
        await room.until(await room.queued(), lambda mail: mail.attempts == 1)
        room.letters.error = None
        await room.comes_to(await room.queued("users/bob"), State.SENT)
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for metric in room.tally.collect()
        for sample in metric.samples
    }
    assert samples["innkeeper_mails_total", "sent", ""] == 1
    assert samples["innkeeper_mails_total", "put_off", "not-composed"] == 1
    assert samples["innkeeper_mails_not_taken",] == 0
    assert ("innkeeper_mails_due",) in samples
    assert ("innkeeper_mails_oldest_seconds",) in samples
