"""Whatever fails in between, and however often something is tried again: in the end each event of an aggregate has
taken effect, in order, and once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, literal_column, select, update
from sqlalchemy.orm import Session

from chassis.events.cursor import Batch, Cursor
from chassis.events.inbox import Inbox
from chassis.events.redrive import Redrive
from chassis.events.replay import replay
from chassis.observability.tracing import Tracing
from chassis.service import Subscription
from chassis.storage import tables
from chassis.storage.database import Database
from innkeeper.events.v1.events_pb2 import Event
from tests.toy.contract import message_class
from tests.toy.listener import Unable, happened
from tests.toy.service import METADATA, NOTES

AGGREGATES: Final = 3
FOR_GOOD: Final = 99
"""Fails until somebody mends the subscriber."""

RELAYS: Final = 2
MOST_BYTES: Final = 60
BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
LONG: Final = "x" * 70

relay = st.integers(0, RELAYS - 1)
step = st.one_of(
    st.tuples(st.just("happen"), st.integers(1, AGGREGATES), st.sampled_from([0, 0, 0, 1, 2, FOR_GOOD]), st.booleans()),
    st.tuples(st.just("read_on"), relay),
    st.tuples(st.just("deliver"), relay, st.sampled_from(["answered", "answered", "lost", "unanswered"])),
    st.tuples(st.just("wait")),
    st.tuples(st.just("retry")),
    st.tuples(st.just("redrive")),
    st.tuples(st.just("replay"), st.integers(1, 20)),
)


class Scene:
    """A source with several relays, and a subscriber. Their parts do one step at a time, as they are told."""

    def __init__(self, directory: Path) -> None:
        seal = Fernet(Fernet.generate_key())
        self.source = Database.open("toy", url="", directory=directory, seal=seal)
        self.there = Database.open("listener", url="", directory=directory, seal=seal)
        for database in (self.source, self.there):
            tables.METADATA.create_all(database.engine)
            METADATA.create_all(database.engine)

    async def begin(self) -> None:
        """Nothing has happened yet."""
        for database in (self.source, self.there):
            await database.write(forget_all)
        self.told: list[tuple[str, str]] = []
        self.failing = Counter[str]()
        self.relays = [Cursor("toy", "listener", MOST_BYTES) for _ in range(RELAYS)]
        self.in_hand: list[Batch | None] = [None] * RELAYS
        self.done: list[Batch | None] = [None] * RELAYS
        subscription = Subscription(message_class("NoteKept"), self.handle)
        self.inbox = Inbox(self.there, [subscription], Tracing("toy", 0.0, None))

    def handle(self, session: Session, event: Event, payload: Any) -> None:
        session.execute(NOTES.insert().values(name=event.id, text=f"{event.aggregate}|{payload.text}"))
        if self.failing[payload.text] > 0:
            self.failing[payload.text] -= 1
            raise Unable

    async def do(self, what: str, *how: Any) -> None:
        await getattr(self, what)(*how)

    async def happen(self, aggregate: int, fails: int, large: bool) -> None:
        name, text = f"notes/{aggregate}", f"{len(self.told)}{LONG if large else ''}"
        self.told.append((name, text))
        self.failing[text] = fails
        await self.source.write(lambda session: happened(session, text, to=name))

    async def read_on(self, relay: int) -> None:
        if self.in_hand[relay] is None:
            batch = await self.source.write(partial(self.relays[relay].next, told=self.done[relay], limit=3))
            self.done[relay] = None
            self.in_hand[relay] = batch if batch.events else None

    async def deliver(self, relay: int, outcome: str) -> None:
        batch, self.in_hand[relay] = self.in_hand[relay], None
        if batch is not None and outcome != "lost":
            await self.inbox.take(batch.events)
            self.done[relay] = batch if outcome == "answered" else None

    async def wait(self) -> None:
        """Time passes: what a relay holds is held no more."""
        await self.source.write(lambda session: session.execute(update(tables.RELAYED).values(holder=None)))

    async def retry(self) -> None:
        """The letters that are tried by themselves are due."""
        time = tables.DEAD_LETTERS.c.retry_time
        passed = update(tables.DEAD_LETTERS).where(time.is_not(None)).values(retry_time=BEGINNING)
        await self.there.write(lambda session: session.execute(passed))
        await self.inbox.retry()

    async def redrive(self, max_bytes: int = MOST_BYTES) -> None:
        deliver = {"listener": self.inbox.take}
        for database, inbox in ((self.source, None), (self.there, self.inbox)):
            await Redrive(database=database, inbox=inbox, deliver=deliver, max_bytes=max_bytes).all("")

    async def replay(self, sequence: int) -> None:
        await self.source.write(partial(replay, cursors=["listener"], start=sequence, kept_since=BEGINNING))

    async def heal(self) -> None:
        """Everything works from now on, and somebody has dead letters redriven."""
        self.failing.clear()
        await self.wait()
        for index in range(RELAYS):
            self.in_hand[index] = None
        for _ in range(2):
            await self.redrive(max_bytes=1000)
            while True:
                await self.read_on(0)
                if self.in_hand[0] is None:
                    break
                await self.deliver(0, "answered")

    async def effects(self) -> list[tuple[str, str]]:
        """Each note that was kept, with its aggregate, in the order in which they were."""
        kept = select(NOTES.c.text).order_by(literal_column("rowid"))
        texts = await self.there.read(lambda session: session.scalars(kept).all())
        return [(name, text) for name, _, text in (kept.partition("|") for kept in texts)]


def forget_all(session: Session) -> None:
    for table in (*tables.METADATA.sorted_tables, NOTES):
        session.execute(delete(table))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = Scene(tmp_path_factory.mktemp("order"))
    yield scene
    scene.source.close()
    scene.there.close()


def of_each(events: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """What happened to each aggregate, in order."""
    found: dict[str, list[str]] = {}
    for name, text in events:
        found.setdefault(name, []).append(text)
    return found


@given(steps=st.lists(step, max_size=40))
@settings(max_examples=60)
def test_each_takes_effect_in_order_and_once(scene: Scene, steps: list[tuple[Any, ...]]) -> None:
    async def play() -> None:
        await scene.begin()
        for what, *how in steps:
            await scene.do(what, *how)
        await scene.heal()
        assert of_each(await scene.effects()) == of_each(scene.told)

    asyncio.run(play())
