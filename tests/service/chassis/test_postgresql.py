"""On PostgreSQL transactions run side by side: those that get in each other's way run again, and events keep order."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.events import outbox
from chassis.storage.database import Database
from chassis.storage.tables import OUTBOX
from tests.conftest import StartPlatform
from tests.postgresql import Cluster
from tests.toy.contract import message
from tests.toy.service import NOTES, count, keep, texts, toy


@pytest.fixture
async def database(toys: StartPlatform, postgresql: Cluster) -> Database:
    return (await toys(toy(), database_url=postgresql.url("toy"))).database("toy")


def add_one(session: Session) -> int:
    """Reads, thinks, and writes: what is lost where two do so side by side unawares."""
    number = int(session.scalars(select(NOTES.c.text)).one())
    session.execute(update(NOTES).values(text=str(number + 1)))
    return number


def happened(session: Session, text: str) -> None:
    outbox.record(session, "notes/1", message("NoteKept", text=text))


async def test_no_update_is_lost(database: Database) -> None:
    await database.write(lambda session: keep(session, "0"))
    before = await asyncio.gather(*(database.write(add_one) for _ in range(60)))
    assert sorted(before) == list(range(60))
    assert await database.read(texts) == ["60"]


async def test_two_that_look_at_what_the_other_changes(database: Database) -> None:
    """Write skew: each is right by itself, and both together are wrong. No constraint sees it."""
    both_looked = threading.Barrier(2, timeout=10)
    tries: list[str] = []

    def one_more_if_there_is_none(session: Session, text: str) -> bool:
        tries.append(text)
        free = count(session) == 0
        if len(tries) <= 2:
            both_looked.wait()
        if free:
            keep(session, text)
        return free

    took = await asyncio.gather(
        database.write(lambda session: one_more_if_there_is_none(session, "one")),
        database.write(lambda session: one_more_if_there_is_none(session, "two")),
    )
    assert sorted(took) == [False, True]
    assert len(tries) >= 3, "the one that lost ran again"
    assert await database.read(count) == 1


async def test_a_deadlock_is_resolved(database: Database) -> None:
    for text in ("left", "right"):
        await database.write(lambda session, text=text: keep(session, text))  # type: ignore[misc]
    both_hold_one = threading.Barrier(2, timeout=10)
    tries: list[int] = []

    def lock_both(session: Session, order: list[str]) -> None:
        tries.append(1)
        first = len(tries) <= 2
        for text in order:
            session.execute(select(NOTES).where(NOTES.c.text == text).with_for_update())
            if first and text == order[0]:
                both_hold_one.wait()

    await asyncio.gather(
        database.write(lambda session: lock_both(session, ["left", "right"])),
        database.write(lambda session: lock_both(session, ["right", "left"])),
    )
    assert len(tries) >= 3, "the one that lost ran again"


async def test_a_conflict_without_end_is_told(database: Database) -> None:
    tries: list[int] = []

    def never(session: Session) -> None:
        tries.append(1)
        session.connection().exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$")

    with pytest.raises(DBAPIError):
        await database.write(never)
    assert len(tries) > 3


async def test_what_a_failed_try_recorded_is_not_sent(database: Database) -> None:
    tries: list[int] = []

    def second_time_lucky(session: Session) -> None:
        tries.append(1)
        happened(session, f"try {len(tries)}")
        if len(tries) == 1:
            session.connection().exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$")

    await database.write(second_time_lucky)
    events = await database.read(lambda session: outbox.shown(session, "toy", 0, 10))
    assert len(tries) == 2
    assert [text_of(event) for event in events] == ["try 2"]


async def test_whoever_reads_on_misses_no_event(database: Database) -> None:
    """A number is given when an event is recorded, and seen when its transaction commits, which may be later."""
    recorded, go_on = threading.Event(), threading.Event()

    def slowly(session: Session) -> None:
        happened(session, "first")
        recorded.set()
        go_on.wait(10)

    slow = asyncio.ensure_future(database.write(slowly))
    await asyncio.to_thread(recorded.wait, 10)
    quick = asyncio.ensure_future(database.write(lambda session: happened(session, "second")))
    await database.write(lambda session: keep(session, "whoever records nothing does not wait"))
    seen = await database.read(lambda session: outbox.shown(session, "toy", 0, 10))
    go_on.set()
    await asyncio.gather(slow, quick)
    later = await database.read(lambda session: outbox.shown(session, "toy", 0, 10))
    assert seen == later[: len(seen)], "what was seen is the beginning of what there is"
    assert [text_of(event) for event in later] == ["first", "second"]


async def test_events_of_many_at_once(database: Database) -> None:
    def one(session: Session, number: int) -> None:
        keep(session, str(number))
        happened(session, str(number))

    await asyncio.gather(*(database.write(lambda session, n=n: one(session, n)) for n in range(60)))  # type: ignore[misc]
    assert await database.read(lambda session: session.scalar(select(func.count()).select_from(OUTBOX))) == 60


def text_of(event: Any) -> str:
    note = message("NoteKept")
    assert event.payload.Unpack(note)
    return str(note.text)  # type: ignore[attr-defined]
