"""A toy that is told of notes, and notes of which things happen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from chassis.events.outbox import record
from chassis.service import Service, Subscription
from chassis.storage.tables import OUTBOX
from innkeeper.events.v1.events_pb2 import Event
from tests.toy.contract import message, message_class
from tests.toy.service import keep, toy

Handle = Callable[[Session, Event, Any], None]


class Unable(Exception):
    """What a subscriber raises that cannot handle an event just now."""


class Listener:
    """Keeps a note of each event that it hears of, unless it is told to fail: on these texts, so many times."""

    def __init__(self, *failing: str, times: int = 10**9) -> None:
        self.heard: list[tuple[int, str]] = []
        self.failing = failing
        self.times = times

    def __call__(self, session: Session, event: Event, payload: Any) -> None:
        if payload.text in self.failing and self.times > 0:
            self.times -= 1
            raise Unable(payload.text)
        keep(session, payload.text)
        self.heard.append((event.sequence, payload.text))

    @property
    def texts(self) -> list[str]:
        """What it heard, in order."""
        return [text for _, text in self.heard]


def subscriber(handle: Handle, name: str = "listener") -> Service:
    """A service that is told of notes."""
    return toy(name=name, subscribes=["toy"], subscriptions=[Subscription(message_class("NoteKept"), handle)])


def happened(session: Session, *what: str, to: str = "notes/1") -> None:
    """These things happen to a note, one after the other."""
    for each in what:
        record(session, to, message("NoteKept", text=each))


def recorded(session: Session, payload: bytes, *, kind: str = "toy.v1.NoteKept", to: str = "notes/1") -> None:
    """An event as only another version of a service would record it, or a broken one."""
    row = {"id": str(uuid4()), "aggregate": to, "occur_time": datetime.now(UTC), "traceparent": ""}
    session.execute(insert(OUTBOX).values(**row, type=kind, payload=payload))
    session.info["recorded"] = True


def event(text: str, sequence: int = 1, *, to: str = "notes/1") -> Event:
    """An event as it comes from elsewhere."""
    told = Event(id=str(uuid4()), source="toy", aggregate=to, sequence=sequence)
    told.occur_time.GetCurrentTime()
    told.payload.Pack(message("NoteKept", text=text))
    return told
