"""A unit of work is stored whole or not at all, whatever becomes of those beside it and of whoever waits for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from chassis.storage.database import Database
from tests.conftest import StartPlatform
from tests.toy.service import NOTES, count, keep, texts, toy

WRITERS = {"sqlite": 1, "postgresql": 10}
"""How many units of work a kind of database runs at a time."""


class Refused(Exception):
    """What a unit of work raises by itself."""


@pytest.fixture
async def database(toys: StartPlatform, database_url: str) -> Database:
    running = await toys(toy(), database_url=database_url)
    return running.database("toy")


@pytest.fixture
async def sqlite(toys: StartPlatform) -> Database:
    return (await toys(toy())).database("toy")


@asynccontextmanager
async def held_up(database: Database) -> AsyncIterator[None]:
    """The database has its hands full: what is written meanwhile waits."""
    release = threading.Event()
    writers = WRITERS[database.engine.dialect.name]
    begun = threading.Barrier(writers + 1)

    def block(session: Session) -> None:
        begun.wait(10)
        release.wait(10)

    blocking = [asyncio.ensure_future(database.write(block)) for _ in range(writers)]
    await asyncio.to_thread(begun.wait, 10)
    try:
        yield
    finally:
        release.set()
        await asyncio.gather(*blocking)


def failing(session: Session) -> None:
    keep(session, "never")
    raise Refused


def twice(session: Session) -> None:
    keep(session, "first half")
    keep(session, "second half")


def keeping(what: str) -> Callable[[Session], str]:
    return lambda session: keep(session, what)


async def test_what_is_written_is_there_for_whoever_reads(database: Database) -> None:
    name = await database.write(keeping("one"))
    assert name.startswith("notes/")
    assert await database.read(texts) == ["one"]


async def test_what_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(Refused):
        await database.write(failing)
    assert await database.read(count) == 0


async def test_what_a_read_writes_is_not_kept(database: Database) -> None:
    await database.read(keeping("never"))
    assert await database.read(count) == 0


async def test_a_reader_sees_one_state_all_the_while(database: Database) -> None:
    seen, written = threading.Event(), threading.Event()

    def look_twice(session: Session) -> tuple[int, int]:
        first = count(session)
        seen.set()
        written.wait(10)
        return first, count(session)

    looking = asyncio.ensure_future(database.read(look_twice))
    await asyncio.to_thread(seen.wait, 10)
    await database.write(keeping("meanwhile"))
    written.set()
    assert await looking == (0, 0)


async def test_units_that_wait_are_committed_together(sqlite: Database) -> None:
    commits: list[int] = []
    async with held_up(sqlite):
        event.listen(sqlite.engine, "commit", lambda connection: commits.append(1))
        writing = asyncio.gather(*(sqlite.write(keeping(str(number))) for number in range(50)))
        await asyncio.sleep(0)
    assert len(set(await writing)) == 50
    assert await sqlite.read(count) == 50
    assert len(commits) == 2, "one for what held them up, one for all of them"


async def test_one_that_raises_does_not_harm_its_neighbours(database: Database) -> None:
    async with held_up(database):
        units: list[Callable[[Session], Any]] = [keeping("one"), failing, keeping("one"), keeping("two")]
        writing = asyncio.gather(*(database.write(unit) for unit in units), return_exceptions=True)
        await asyncio.sleep(0)
    outcomes = await writing
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 2
    assert isinstance(outcomes[1], Refused)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1, "a second note of the same text"
    assert await database.read(texts) == ["one", "two"]


async def test_a_refusal_of_the_database_can_be_made_good_inside_of_the_unit(database: Database) -> None:
    await database.write(keeping("one"))

    def one_or_other(session: Session) -> None:
        try:
            with session.begin_nested():
                keep(session, "one")
        except IntegrityError:
            keep(session, "other")

    await database.write(one_or_other)
    assert await database.read(texts) == ["one", "other"]


async def test_whoever_leaves_before_a_unit_runs_leaves_nothing(database: Database) -> None:
    async with held_up(database):
        leaving = asyncio.ensure_future(database.write(twice))
        staying = asyncio.ensure_future(database.write(keeping("stays")))
        await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
    await staying
    assert await database.read(texts) == ["stays"]


async def test_whoever_leaves_while_a_unit_runs_does_not_undo_it(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(session: Session) -> None:
        keep(session, "first half")
        begun.set()
        go_on.wait(10)
        keep(session, "second half")

    leaving = asyncio.ensure_future(database.write(slowly))
    await asyncio.to_thread(begun.wait, 10)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    go_on.set()
    async with asyncio.timeout(10):
        while (stored := await database.read(texts)) == []:  # noqa: ASYNC110 - nobody is told any more
            await asyncio.sleep(0.002)
    assert stored == ["first half", "second half"]


async def test_nothing_is_called_stored_that_found_no_room(sqlite: Database) -> None:
    def limit(session: Session) -> None:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count={pages + 3}"))

    await sqlite.write(limit)
    async with held_up(sqlite):
        large = [{"name": f"n{number}", "text": str(number).rjust(250)} for number in range(500)]
        units: list[Callable[[Session], Any]] = [
            keeping("before"),
            lambda session: session.execute(insert(NOTES), large),
            keeping("after"),
        ]
        writing = asyncio.gather(*(sqlite.write(unit) for unit in units), return_exceptions=True)
        await asyncio.sleep(0)
    outcomes = await writing
    assert isinstance(outcomes[1], OperationalError)
    told = [name for name, outcome in (("before", outcomes[0]), ("after", outcomes[2])) if isinstance(outcome, str)]
    stored = await sqlite.read(texts)
    assert set(told) <= set(stored)
    assert len(stored) <= 2, "nothing of what found no room"
    await sqlite.write(keeping("later"))


async def test_what_is_wiped_is_overwritten(sqlite: Database) -> None:
    for run in (sqlite.read, sqlite.write):
        assert await run(lambda session: session.scalar(text("PRAGMA secure_delete"))) == 1


async def test_a_defect_that_the_log_may_tell_of_shows_no_values(database: Database) -> None:
    await database.write(keeping("ada@example.org"))
    with pytest.raises(DBAPIError) as raised:
        await database.write(
            lambda session: session.execute(insert(NOTES).values(name="x" * 65, text="ada@example.org"))
        )
    assert "x" * 65 not in str(raised.value)
