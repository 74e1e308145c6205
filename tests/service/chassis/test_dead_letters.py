"""What cannot take effect is put aside with the reason; what has nothing to do with it goes on, and order is kept."""

from __future__ import annotations

import sqlite3
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis.events.failure import PAUSES
from chassis.events.pruning import prune
from chassis.service import Subscription
from chassis.storage.tables import DEAD_LETTERS, OUTBOX
from innkeeper.events.v1 import event_log_pb2 as pb
from innkeeper.events.v1.events_pb2 import Event
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.postgresql import Cluster
from tests.toy.contract import message, message_class
from tests.toy.letters import letters, log_of, reasons, redriven
from tests.toy.listener import Listener, Unable, event, happened, recorded, subscriber
from tests.toy.service import keep, started, texts, toy, until


async def give_up(running: RunningPlatform) -> None:
    """The letters of the listener have been tried as often as they are by themselves."""
    spent = update(DEAD_LETTERS).values(retry_time=None)
    await running.database("listener").write(lambda session: session.execute(spent))


BROKEN = {
    "unknown version": ("toy.v2.NoteKept", b"", "UNKNOWN_VERSION", "toy.v2.NoteKept: listener knows toy.v1.NoteKept"),
    "unreadable": ("toy.v1.NoteKept", b"\xff\xff", "UNREADABLE", "the payload cannot be read as toy.v1.NoteKept"),
}


@pytest.mark.parametrize(("kind", "payload", "reason", "detail"), BROKEN.values(), ids=BROKEN)
async def test_what_cannot_be_read_is_dead_at_once(
    toys: StartPlatform, kind: str, payload: bytes, reason: str, detail: str
) -> None:
    running = await toys(toy(), subscriber(listener := Listener()))

    def work(session: Session) -> None:
        happened(session, "before")
        recorded(session, payload, kind=kind)
        happened(session, "behind", "last")
        happened(session, "beside", to="notes/2")

    await running.database("toy").write(work)
    await running.settled()
    assert listener.texts == ["before", "beside"]
    found = await letters(running)
    assert reasons(found) == [reason, "BEHIND", "BEHIND"]
    assert found[0].detail == detail
    assert [(letter.subscriber, letter.source, letter.aggregate, letter.sequence) for letter in found] == [
        ("listener", "toy", "notes/1", number) for number in (2, 3, 4)
    ]
    assert not any(letter.HasField("retry_time") for letter in found)


async def test_what_breaks_the_rules_of_its_contract_is_dead_at_once(toys: StartPlatform) -> None:
    listening = toy(
        name="listener",
        subscribes=["toy"],
        subscriptions=[Subscription(message_class("KeepRequest"), lambda session, event, payload: None)],
    )
    running = await toys(toy(), listening)
    await running.database("toy").write(lambda session: recorded(session, b"", kind="toy.v1.KeepRequest"))
    await running.settled()
    (letter,) = await letters(running)
    assert reasons([letter]) == ["INVALID"]
    assert "text" in letter.detail


async def test_a_poison_event_waits_with_those_behind_it_until_it_is_redriven(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(listener := Listener("two")))
    await running.database("toy").write(lambda session: happened(session, "one", "two", "three"))
    await until(lambda: listener.times < 10**9)
    await give_up(running)
    await running.settled()
    found = await letters(running)
    assert listener.texts == ["one"]
    assert reasons(found) == ["FAILED", "BEHIND"]
    assert (found[0].detail, found[0].type) == ("Unable: two", "toy.v1.NoteKept")
    assert found[0].attempts >= 1

    await running.database("toy").write(lambda session: happened(session, "four"))
    await running.settled()
    assert await redriven(running) == (0, 3), "it fails as it did"
    assert reasons(await letters(running)) == ["FAILED", "BEHIND", "BEHIND"]

    listener.failing = ()
    assert await redriven(running, aggregate="notes/2") == (0, 0), "that is another note"
    assert await redriven(running) == (3, 0)
    assert listener.texts == ["one", "two", "three", "four"]
    assert await letters(running) == []
    await running.database("toy").write(lambda session: happened(session, "five"))
    await running.settled()
    assert listener.texts[4:] == ["five"]


async def test_a_redrive_stops_at_the_next_that_fails(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(listener := Listener("two", "four")))
    await running.database("toy").write(lambda session: happened(session, "one", "two", "three", "four", "five"))
    await until(lambda: listener.times < 10**9)
    await give_up(running)
    listener.failing = ("four",)
    assert await redriven(running) == (2, 2)
    assert listener.texts == ["one", "two", "three"]
    assert reasons(await letters(running)) == ["FAILED", "BEHIND"]


async def test_a_letter_is_tried_again_by_itself_and_then_no_more(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(listener := Listener("one")))
    await running.database("toy").write(lambda session: happened(session, "one"))
    due = update(DEAD_LETTERS).values(attempts=len(PAUSES))
    await until(lambda: listener.times < 10**9)
    before = listener.times
    await running.database("listener").write(lambda session: session.execute(due))
    await running.settled()
    assert listener.times < before
    (letter,) = await letters(running)
    assert letter.attempts == len(PAUSES) + 1
    assert not letter.HasField("retry_time")


async def test_a_letter_that_was_due_is_tried_after_a_restart(tmp_path: Path) -> None:
    async with started(tmp_path, toy(), subscriber(failing := Listener("one"))) as running:
        await running.database("toy").write(lambda session: happened(session, "one", "two"))
        await until(lambda: failing.times < 10**9)
    async with started(tmp_path, toy(), subscriber(listener := Listener())) as again:
        await again.settled()
        assert listener.texts == ["one", "two"]


async def test_a_database_that_cannot_work_makes_no_dead_letters(toys: StartPlatform) -> None:
    tries: list[str] = []

    def without_disk(session: Session, event: Event, payload: Any) -> None:
        tries.append(payload.text)
        if len(tries) < 3:
            full = sqlite3.OperationalError("database or disk is full")
            full.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise OperationalError("INSERT", {}, full)
        keep(session, payload.text)

    running = await toys(toy(), subscriber(without_disk))
    await running.database("toy").write(lambda session: happened(session, "one", "two"))
    await until(lambda: len(tries) >= 2)
    assert await letters(running) == []
    await running.settled()
    assert tries == ["one", "one", "one", "two"]
    assert await letters(running) == []


async def test_what_a_handler_has_recorded_is_undone_with_it(toys: StartPlatform) -> None:
    def announcing(session: Session, event: Event, payload: Any) -> None:
        happened(session, f"heard {payload.text}")
        if payload.text == "two":
            raise Unable

    running = await toys(toy(), subscriber(announcing))
    await running.database("toy").write(lambda session: happened(session, "one", "two"))
    await until_letters(running, 1)
    await running.database("toy").write(lambda session: happened(session, "three", to="notes/2"))
    await give_up(running)
    await running.settled()
    announced = await running.database("listener").read(
        lambda session: list(session.scalars(select(OUTBOX.c.payload).order_by(OUTBOX.c.sequence)))
    )
    assert announced == [message("NoteKept", text=f"heard {each}").SerializeToString() for each in ("one", "three")]


async def until_letters(running: RunningPlatform, count: int) -> None:
    while len(await letters(running)) < count:
        pass


async def test_letters_come_in_pages(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(Listener()))

    def work(session: Session) -> None:
        for number in range(7):
            recorded(session, b"", kind="toy.v9.NoteKept", to=f"notes/{number % 3}")

    await running.database("toy").write(work)
    await running.settled()
    log = log_of(running)
    request, seen = pb.ListDeadLettersRequest(service="listener", page_size=3), list[tuple[str, int]]()
    while True:
        answer = await log.ListDeadLetters(request)
        seen += [(letter.aggregate, letter.sequence) for letter in answer.dead_letters]
        if not answer.next_page_token:
            break
        request.page_token = answer.next_page_token
    assert seen == sorted(seen)
    assert len(seen) == 7
    one = await log.ListDeadLetters(pb.ListDeadLettersRequest(service="listener", aggregate="notes/1"))
    assert [letter.sequence for letter in one.dead_letters] == [2, 5]


async def test_the_log_of_a_service_that_is_elsewhere(toys: StartPlatform) -> None:
    running = await toys(toy())
    log = log_of(running)
    for call, request in (
        (log.ListEvents, pb.ListEventsRequest(service="search")),
        (log.ListDeadLetters, pb.ListDeadLettersRequest(service="search")),
        (log.RedriveDeadLetters, pb.RedriveDeadLettersRequest(service="search", request_id=str(uuid.uuid4()))),
        (
            log.ReplayEvents,
            pb.ReplayEventsRequest(service="search", from_sequence=1, request_id=str(uuid.uuid4())),
        ),
    ):
        async with refused(grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
            await call(request)  # type: ignore[operator]  # each takes a request of its own


async def test_what_a_broker_gave_up_is_kept(toys: StartPlatform) -> None:
    running = await toys(toy(), subscriber(listener := Listener()))
    inbox = running.platform._events._inboxes["listener"]
    given_up = event("one")
    for _ in range(2):
        await inbox.bury(given_up.SerializeToString(), "delivered 5 times")
        await inbox.bury(b"\xff", "delivered 5 times")
    assert sorted(reasons(await letters(running))) == ["UNDELIVERABLE", "UNREADABLE"]
    await inbox.take([given_up])
    assert listener.heard == []
    assert await redriven(running) == (1, 1)
    assert listener.texts == ["one"]
    await inbox.bury(given_up.SerializeToString(), "delivered 5 times")
    assert len(await letters(running)) == 1, "it has taken effect"
    await running.database("listener").write(lambda session: session.execute(delete(DEAD_LETTERS)))


@pytest.mark.direct_events
async def test_it_is_the_same_on_postgresql(toys: StartPlatform, postgresql: Cluster) -> None:
    url = postgresql.url("toy", "listener")
    listener = Listener("two")
    running = await toys(toy(), subscriber(listener), database_url=url, max_event_bytes=2000)

    def work(session: Session) -> None:
        happened(session, "one", "two", "three")
        happened(session, "beside", "x" * 3000, to="notes/2")
        recorded(session, b"\xff", to="notes/3")

    await running.database("toy").write(work)
    await until(lambda: listener.times < 10**9)
    await give_up(running)
    await running.settled()
    assert listener.texts[:2] == ["one", "beside"]
    assert reasons(await letters(running)) == ["FAILED", "BEHIND", "UNREADABLE"]
    assert reasons(await letters(running, "toy")) == ["TOO_LARGE"]
    listener.failing = ()
    assert await redriven(running) == (2, 1)
    assert await redriven(running, "toy") == (0, 1)
    assert await running.database("listener").read(texts) == ["beside", "one", "three", "two"]
    again = pb.ReplayEventsRequest(service="toy", from_sequence=1, request_id=str(uuid.uuid4()))
    answer = await log_of(running).ReplayEvents(again)
    assert [replay.event_count for replay in answer.replays] == [6]
    await running.settled()
    assert len(listener.texts) == 4, "all of it is known"
    await prune(running.database("toy"), frozenset({"listener"}), timedelta(0))
    await prune(running.database("listener"), frozenset(), timedelta(0))
    listed = await log_of(running).ListEvents(pb.ListEventsRequest(service="toy"))
    assert [event.sequence for event in listed.events] == [6]
    assert 'innkeeper_dead_letters{service="toy"} 1.0' in running.platform.metrics.text().decode()
