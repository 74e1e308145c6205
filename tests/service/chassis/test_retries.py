"""Letters of an inbox are tried again in the order of their aggregate, as often as there was a time for it, and not
forgotten over whatever ends a try."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from chassis.events import dead_letters
from chassis.events.inbox import AT_ONCE, Inbox
from chassis.observability.tracing import Tracing
from chassis.service import Subscription
from chassis.storage import tables
from chassis.storage.database import Database
from innkeeper.events.v1.events_pb2 import Event
from tests.postgresql import Cluster
from tests.toy.contract import message, message_class
from tests.toy.listener import Handle, Listener, event
from tests.toy.service import METADATA, keep

Make = Callable[[Handle], Inbox]
NOTE = ("toy", "notes/1")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = made("", tmp_path)
    yield database
    database.close()


def made(url: str, directory: Path) -> Database:
    database = Database.open("listener", url=url, directory=directory, seal=Fernet(Fernet.generate_key()))
    for metadata in (tables.METADATA, METADATA):
        metadata.create_all(database.engine)
    return database


def inbox_of(database: Database, handle: Handle) -> Inbox:
    return Inbox(database, [Subscription(message_class("NoteKept"), handle)], Tracing("toy", 0.0, None))


async def wait(database: Database) -> None:
    """Time passes: what is tried by itself is due."""
    time = tables.DEAD_LETTERS.c.retry_time
    due = update(tables.DEAD_LETTERS).where(time.is_not(None)).values(retry_time=LONG_AGO)
    await database.write(lambda session: session.execute(due))


async def left(database: Database) -> int:
    return await database.read(dead_letters.count)


async def test_what_another_process_has_just_tried_is_not_due(database: Database) -> None:
    listener = Listener("one")
    here, there = (inbox_of(database, listener) for _ in range(2))
    await here.take([event("one")])
    await wait(database)
    before = listener.times
    await asyncio.gather(*(inbox.try_again(NOTE, final=False) for inbox in (here, there)))
    assert before - listener.times == 1


async def test_an_earlier_one_that_comes_late_is_waited_for(database: Database) -> None:
    inbox = inbox_of(database, listener := Listener("early", "late"))
    await inbox.take([event("late", 7)])
    await wait(database)
    await inbox.bury(event("early", 5).SerializeToString(), "given up")
    async with asyncio.timeout(10):
        await inbox.retry()
    assert await inbox.next_retry() is None, "nothing is tried by itself before what a broker gave up"
    listener.failing = ()
    assert await inbox.try_again(NOTE, final=True) == 2
    assert listener.texts == ["early", "late"]


async def test_the_rest_of_many_is_not_forgotten_when_a_try_ends_in_between(database: Database) -> None:
    outage = True

    def handle(session: Session, event: Event, payload: Any) -> None:
        if outage and event.sequence > AT_ONCE:
            full = sqlite3.OperationalError("database or disk is full")
            full.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise OperationalError("INSERT", {}, full)
        listener(session, event, payload)

    inbox = inbox_of(database, handle)
    listener = Listener("1")
    everything = [str(number) for number in range(1, AT_ONCE + 11)]
    await inbox.take([event(text, int(text)) for text in everything])
    listener.failing = ()
    await wait(database)
    with pytest.raises(OperationalError):
        await inbox.retry()
    assert await left(database) == 10
    outage = False
    await inbox.retry()
    assert listener.texts == everything


async def test_what_nobody_here_subscribes_to_is_no_letter_when_a_broker_gives_it_up(database: Database) -> None:
    inbox, other = inbox_of(database, Listener()), event("one")
    other.payload.Pack(message("KeepRequest", text="one"))
    await inbox.bury(other.SerializeToString(), "given up")
    assert await left(database) == 0


async def test_a_handler_that_goes_on_after_an_error_of_the_database_fails(tmp_path: Path, postgresql: Cluster) -> None:
    def careless(session: Session, event: Event, payload: Any) -> None:
        keep(session, payload.text)
        try:
            keep(session, payload.text)
        except IntegrityError:
            return

    database = made(postgresql.url("listener"), tmp_path)
    try:
        inbox = inbox_of(database, careless)
        await inbox.take([event("one", to="notes/1"), event("two", to="notes/2")])
        assert await left(database) == 2
    finally:
        database.close()
