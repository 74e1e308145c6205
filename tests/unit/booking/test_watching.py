"""Watchers of one database, in several processes: nothing is left out, nothing is told twice, all is in order."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack, aclosing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from chassis.feeds.log import ALL, Feed, Log
from chassis.feeds.watching import LONGEST_QUEUE, Current, Watching
from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from chassis.storage.session import Session
from services.booking import store
from services.booking.booking import State
from services.booking.event import Event
from services.booking.event_log import LOG, of_booking, of_user, read_event
from services.booking.tables import BOOKING_EVENTS, METADATA
from tests.postgresql import Cluster
from tests.unit.booking.examples import booking
from tests.unit.booking.happenings import changed, made

REPLICAS = 2
WITHIN = 20.0


@pytest.fixture(params=["sqlite", "postgresql"])
def replicas(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Database]]:
    """The database of the booking service, as each of several processes has it open."""
    url = ""
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgresql")
        url = cluster.url("booking")
    with ExitStack() as stack:
        opened = []
        for _ in range(REPLICAS):
            database = Database.open("booking", url=url, directory=tmp_path, seal=Fernet(Fernet.generate_key()))
            stack.callback(database.close)
            opened.append(database)
        migrate(opened[0], "services.booking.migrations", METADATA)
        yield opened


async def told(watching: Watching[Event], feed: Feed, last: int, after: int = 0) -> list[int]:
    """The ids that a watcher is told, up to the event of that id."""
    ids: list[int] = []
    async with asyncio.timeout(WITHIN), aclosing(watching.watch(feed, after)) as events:
        async for event in events:
            if not isinstance(event, Current):
                ids.append(event.id)
            if event.id >= last:
                break
    return ids


async def test_what_any_process_writes_reaches_all_watchers_in_order(replicas: list[Database]) -> None:
    """Many write at once, in both processes; some of what they write is taken back."""
    names = [f"bookings/{number}" for number in range(8)]
    for number, name in enumerate(names):
        await replicas[0].write(
            lambda session, name=name, number=number: made(session, name, f"users/{'ab'[number % 2]}")
        )
    watching = [Watching(database, LOG) for database in replicas]
    last: list[int] = []

    def change(session: Session, name: str, *, taken_back: bool) -> None:
        changed(session, name)
        if taken_back:
            raise LookupError

    async def write(database: Database, seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(12):
            name, taken_back = chance.choice(names), chance.random() < 0.2
            await asyncio.gather(
                database.write(lambda session: change(session, name, taken_back=taken_back)),  # noqa: B023
                return_exceptions=True,
            )

    async def watch(place: Watching[Event], feed: Feed) -> list[int]:
        """Watches until something comes that was written last, and is cut off and goes on after every few events."""
        ids: list[int] = []
        while not last or not ids or ids[-1] <= last[0]:
            async with aclosing(place.watch(feed, ids[-1] if ids else 0)) as events:
                for _ in range(random.Random(len(ids)).randrange(1, 9)):
                    event = await anext(events)
                    if not isinstance(event, Current):
                        ids.append(event.id)
                        if last and event.id > last[0]:
                            break
        return ids

    feeds = [ALL, of_user("users/a"), of_user("users/b"), *map(of_booking, names[:2])]
    async with asyncio.timeout(WITHIN):
        watchers = [(feed, asyncio.create_task(watch(place, feed))) for place in watching for feed in feeds]
        await asyncio.gather(*(write(database, seed) for seed, database in enumerate(replicas * 3)))
        last.append(await replicas[0].read(LOG.newest))
        for name in names:  # so that each feed has something that was written last
            await replicas[0].write(lambda session, name=name: changed(session, name))
        seen = [(feed, await task) for feed, task in watchers]
    for feed, ids in seen:
        assert ids == (await _logged(replicas[0], feed))[: len(ids)]
        assert ids[-1] > last[0]
    for place in watching:
        place.close()


async def test_of_bookings_that_were_there_before_the_log_it_says_how_they_stand(replicas: list[Database]) -> None:
    database = replicas[0]
    names = {state: f"bookings/{state}" for state in State}
    for state, name in names.items():
        await database.write(lambda session, name=name, state=state: store.add(session, booking(state, name=name)))
    with database.engine.begin() as connection:  # as the first version left it
        BOOKING_EVENTS.drop(connection)
        connection.execute(text("ALTER TABLE bookings DROP COLUMN language_code"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    migrate(database, "services.booking.migrations", METADATA)
    events = await database.read(lambda session: LOG.of_feed(session, ALL, 0, 100))
    assert {event.booking: (event.state, event.type.name, event.etag) for event in events} == {
        name: (state, "CREATED" if state is State.PENDING else state.name, "1") for state, name in names.items()
    }


async def test_an_event_is_not_passed_by_whose_transaction_ends_late(postgresql: Cluster, tmp_path: Path) -> None:
    """The one that was numbered first ends last: what comes after it has to wait for it."""
    url = postgresql.url("booking")
    first, second = (
        Database.open("booking", url=url, directory=tmp_path, seal=Fernet(Fernet.generate_key())) for _ in range(2)
    )
    migrate(first, "services.booking.migrations", METADATA)
    watching, numbered, go_on = Watching(second, LOG), threading.Event(), threading.Event()

    def late(session: Session) -> None:
        made(session, "bookings/late")
        numbered.set()
        go_on.wait(WITHIN)

    watcher = asyncio.create_task(told(watching, ALL, last=2))
    writing = asyncio.create_task(first.write(late))
    await asyncio.to_thread(numbered.wait, WITHIN)
    after = asyncio.create_task(second.write(lambda session: made(session, "bookings/after") and None))
    done, _ = await asyncio.wait([after], timeout=0.3)
    assert not done
    go_on.set()
    await asyncio.gather(writing, after)
    assert await watcher == [1, 2]
    watching.close()
    first.close()
    second.close()


async def test_who_does_not_keep_up_reads_on_from_the_log(database: Database) -> None:
    await database.write(lambda session: made(session, "bookings/b") and None)
    watching, most = Watching(database, LOG), 3 * LONGEST_QUEUE
    async with asyncio.timeout(WITHIN), aclosing(watching.watch(ALL, 0)) as slow:
        assert [type(await anext(slow)).__name__ for _ in range(2)] == ["Event", "Current"]
        for _ in range(most):
            await database.write(lambda session: changed(session, "bookings/b") and None)
        await told(watching, ALL, last=most + 1)
        assert [(await anext(slow)).id for _ in range(most)] == list(range(2, most + 2))
    watching.close()


async def test_the_log_is_followed_only_while_somebody_watches(database: Database) -> None:
    await database.write(lambda session: made(session, "bookings/b") and None)
    watching = Watching(database, LOG)
    for _ in range(2):
        assert await told(watching, ALL, last=1) == [1]
        await asyncio.sleep(0)
        assert database.on_events == []
    watching.close()


class FailingOnce(Log[Event]):
    """The log, in a database that cannot be read when the follower reads on for the first time."""

    def __init__(self) -> None:
        super().__init__(BOOKING_EVENTS, of="booking", by=("booking", "user"), read=read_event)
        self.failed = threading.Event()

    def of_feed(self, session: Session, feed: Feed, after: int, limit: int) -> list[Event]:
        if feed == ALL and not self.failed.is_set():
            self.failed.set()
            raise ConnectionError
        return super().of_feed(session, feed, after, limit)


async def test_what_is_written_while_the_log_cannot_be_read_is_told_afterwards(database: Database) -> None:
    await database.write(lambda session: made(session, "bookings/b") and None)
    log = FailingOnce()
    watching = Watching(database, log)
    async with asyncio.timeout(WITHIN), aclosing(watching.watch(of_booking("bookings/b"), 0)) as events:
        assert [type(await anext(events)).__name__ for _ in range(2)] == ["Event", "Current"]
        await asyncio.to_thread(log.failed.wait, WITHIN)
        await database.write(lambda session: changed(session, "bookings/b") and None)
        assert (await anext(events)).id == 2
    watching.close()


async def _logged(database: Database, feed: Feed) -> list[int]:
    return await database.read(lambda session: [event.id for event in LOG.of_feed(session, feed, 0, 10_000)])
