"""A source whose notes are told, and a subscriber that keeps what it hears, in the order in which it hears it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.events.outbox import record
from chassis.service import Service, Subscription
from chassis.storage.database import Database
from chassis.storage.tables import DEAD_LETTERS
from innkeeper.events.v1.events_pb2 import Event
from tests.conftest import RunningPlatform
from tests.toy.contract import message, message_class
from tests.toy.service import keep, texts, toy


class Unable(Exception):
    """What a subscriber raises that cannot handle an event."""


class Listener:
    """Keeps a note of each event, and refuses those that say so."""

    def __init__(self, *refused: str) -> None:
        self.refused = set(refused)
        self.heard: dict[str, list[int]] = defaultdict(list)
        """The numbers of the events of each aggregate, as they came."""

    def __call__(self, session: Session, event: Event, payload: Any) -> None:
        if payload.text in self.refused:
            raise Unable(payload.text)
        keep(session, payload.text)
        self.heard[event.aggregate].append(event.sequence)

    def service(self, name: str = "listener") -> Service:
        """The service that it listens for."""
        return toy(name=name, subscribes=["toy"], subscriptions=[Subscription(message_class("NoteKept"), self)])


def note(session: Session, text: str, aggregate: str = "notes/1") -> None:
    """Records that a note was kept."""
    record(session, aggregate, message("NoteKept", text=text))


async def happened(running: RunningPlatform, *said: str, aggregate: str = "notes/1") -> None:
    """Records one note after the other in the toy service of a platform."""
    database = running.database("toy")
    await database.write(lambda session: [note(session, text, aggregate) for text in said])


async def heard(running: RunningPlatform, *said: str, name: str = "listener", within: float = 20.0) -> None:
    """Returns when the listener's database has just these notes."""
    await until_equal(running.database(name), texts, sorted(said), within)


async def buried(
    running: RunningPlatform, count: int = 1, *, name: str = "listener", within: float = 20.0
) -> list[Any]:
    """The dead letters of a service, when there are so many."""

    def letters(session: Session) -> list[Any]:
        return list(session.execute(select(DEAD_LETTERS).order_by(DEAD_LETTERS.c.sequence)).mappings())

    async with asyncio.timeout(within):
        while len(found := await running.database(name).read(letters)) < count:  # noqa: ASYNC110 - it does not tell
            await asyncio.sleep(0.02)
    return found


async def until_equal(database: Database, look: Any, wanted: Any, within: float) -> None:
    """Returns when that is what is found in the database."""
    try:
        async with asyncio.timeout(within):
            while await database.read(look) != wanted:  # noqa: ASYNC110 - a database does not tell
                await asyncio.sleep(0.02)
    except TimeoutError:
        assert await database.read(look) == wanted
