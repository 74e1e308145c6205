"""Changes of bookings that get in each other's way."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import func, select, text

from chassis.events.outbox import IN_ORDER
from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from chassis.storage.session import Session
from services.booking import effects, room_nights
from services.booking.booking import State
from services.booking.tables import METADATA
from tests.postgresql import Cluster
from tests.unit.booking.examples import ROOM_TYPE, STAY, booking

WITHIN = 20.0
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


async def test_who_gives_nights_back_and_who_takes_them_do_not_wait_for_each_other(
    postgresql: Cluster, tmp_path: Path
) -> None:
    """Who waits for a night holds nothing that the one who has the night needs to commit."""
    database = Database.open(
        "booking", url=postgresql.url("booking"), directory=tmp_path, seal=Fernet(Fernet.generate_key())
    )
    migrate(database, "services.booking.migrations", METADATA)
    begun, given_back = booking(), booking(State.CANCELLED)
    taken = threading.Event()

    def begin(session: Session) -> None:
        effects.begin(session, begun, units=2)

    def take(session: Session) -> bool:
        room_nights.take(session, ROOM_TYPE, STAY, units=2)
        taken.set()
        for _ in range(int(WITHIN * 100)):
            with database.engine.connect() as other:
                if other.execute(WAITING).scalar_one():
                    break
            time.sleep(0.01)
        return bool(session.scalar(select(func.pg_try_advisory_xact_lock(IN_ORDER))))

    await database.write(begin)
    taking = asyncio.create_task(database.write(take))
    await asyncio.to_thread(taken.wait, WITHIN)
    giving_back = asyncio.create_task(
        database.write(lambda session: effects.change(session, begun, replace(given_back, revision=2)))
    )
    assert await taking, "nobody who waits for a night keeps others from committing"
    await giving_back
    database.close()
