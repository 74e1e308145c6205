"""What the drill of events finds wrong, when something is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import insert, select

from chassis.events.outbox import record
from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from chassis.storage.session import Session
from chassis.storage.tables import OUTBOX, RELAYED
from drills.recorder.proof import Databases, Proof
from drills.recorder.service import RECORDER, SOURCES
from drills.recorder.tables import EFFECTS
from innkeeper.booking.v1.booking_events_pb2 import BookingCancelled, BookingConfirmed
from services.notifications.feed import store as feed
from services.notifications.feed.notification import Kind
from services.notifications.tables import MAILS
from tests.conftest import declared

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ADA, STAY = "users/ada", "bookings/b"
FINE = {"events": 2, "effects": 6, "lost": 0, "twice": 0, "out_of_order": 0, "unsent": 0, "parked": 0}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[dict[str, Database]]:
    """The databases of a platform on which a stay was booked and called off, and everybody heard of it."""
    with ExitStack() as stack:
        found = {}
        for service in (RECORDER, *map(declared, (*SOURCES, "search", "notifications"))):
            assert service.tables is not None
            seal = Fernet(Fernet.generate_key())
            found[service.name] = database = Database.open(service.name, url="", directory=tmp_path, seal=seal)
            stack.callback(database.close)
            migrate(database, service.migrations, service.tables())
        yield found


async def happen(opened: dict[str, Database]) -> list[tuple[str, int]]:
    """Books and calls off; ids and numbers of the events."""

    def announce(session: Session) -> list[tuple[str, int]]:
        for payload in (BookingConfirmed(booking=STAY, user=ADA), BookingCancelled(booking=STAY, user=ADA)):
            record(session, STAY, payload)
        session.execute(insert(RELAYED).values(subscriber="search", sequence=2))
        return [(row.id, row.sequence) for row in session.execute(select(OUTBOX).order_by(OUTBOX.c.sequence))]

    events = await opened["booking"].write(announce)

    def notify(session: Session) -> None:
        for (event, _), kind in zip(events, (Kind.BOOKING_CONFIRMED, Kind.BOOKING_CANCELLED), strict=True):
            feed.tell(session, kind, user=ADA, booking=STAY, occur_time=NOW)
            mail = {column.name: "" for column in MAILS.columns} | {
                "name": f"mails/{kind}",
                "event": event,
                "kind": kind.replace("_", "-"),
                "attempts": 0,
                **dict.fromkeys(("due_time", "create_time", "next_attempt_time", "end_time"), NOW),
            }
            session.execute(insert(MAILS).values(mail))

    await opened["notifications"].write(notify)
    return events


async def recorded(opened: dict[str, Database], events: list[tuple[str, int]]) -> None:
    """The recorder takes these in."""
    rows = [
        {
            "event": event,
            "source": "booking",
            "aggregate": STAY,
            "sequence": sequence,
            "occur_time": NOW,
            "effect_time": NOW,
        }
        for event, sequence in events
    ]
    await opened["recorder"].write(lambda session: session.execute(insert(EFFECTS), rows) and None)


def proof(directory: Path) -> Proof:
    return Databases(directory, {**dict.fromkeys(SOURCES, ()), "booking": ("search",)}).proof()


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        pytest.param(lambda events: events, {}, id="once each and in order"),
        pytest.param(lambda events: events[:1], {"lost": 1}, id="one lost"),
        pytest.param(lambda events: [*events, events[1]], {"twice": 1}, id="one twice"),
        pytest.param(lambda events: events[::-1], {"out_of_order": 1}, id="the wrong way round"),
    ],
)
async def test_what_the_recorder_has_taken_in(
    opened: dict[str, Database],
    tmp_path: Path,
    told: Callable[[list[tuple[str, int]]], list[tuple[str, int]]],
    wrong: dict[str, int],
) -> None:
    await recorded(opened, told(await happen(opened)))
    found = proof(tmp_path)
    assert {name: getattr(found, name) for name in FINE} == FINE | wrong
    assert found.settled == ("lost" not in wrong)


async def test_what_users_were_told_twice_and_were_not_told(opened: dict[str, Database], tmp_path: Path) -> None:
    await recorded(opened, await happen(opened))
    again = Kind.BOOKING_CONFIRMED
    await opened["notifications"].write(
        lambda session: feed.tell(session, again, user=ADA, booking=STAY, occur_time=NOW)
    )
    assert (proof(tmp_path).twice, proof(tmp_path).out_of_order) == (1, 1)
    await opened["notifications"].write(lambda session: feed.erase(session, ADA))
    assert proof(tmp_path).lost == 2


async def test_what_was_not_sent(opened: dict[str, Database], tmp_path: Path) -> None:
    await recorded(opened, await happen(opened))
    await opened["booking"].write(lambda session: session.execute(RELAYED.update().values(sequence=0)) and None)
    found = proof(tmp_path)
    assert (found.unsent, found.settled) == (2, False)
