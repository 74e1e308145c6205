"""What is sent when, and what is not sent at all."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc.aio import Metadata

from services.notifications.mail import State, Topic
from services.notifications.sending.composer import NotYet, OutOfReach
from services.notifications.unsubscribing import unsubscriptions
from tests.service.notifications.sending.sorting_office import TOKENS, SortingOffice, files_in


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
        (file,) = files_in(tmp_path)
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
        (file,) = files_in(tmp_path)
        found = re.search("List-Unsubscribe: <.*/unsubscribe/(.*)>", file.read_text())
        assert found is not None
        who, topic = TOKENS.read(found[1])
        await room.database.write(lambda session: unsubscriptions.add(session, who, topic, room.clock()))
        unwanted = await room.comes_to(await room.queued("bookings/a", **more))
        wanted = await room.comes_to(await room.queued("bookings/b", **more))
    assert (unwanted.state, wanted.state) == (State.SUPPRESSED, State.SENT)


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
