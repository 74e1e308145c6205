"""What has to stay for a while is erased as soon as it may go, whoever else can not be erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from chassis.events import outbox
from chassis.personal_data import PersonalData
from chassis.privacy.eraser import BATCH, Eraser
from chassis.storage import erased_users, tables
from chassis.storage.database import Database
from innkeeper.privacy.v1.privacy_events_pb2 import PersonalDataErased

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Defect(Exception):
    """What a service raises that has a defect."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database.open("toy", url="", directory=tmp_path, seal=Fernet(Fernet.generate_key()))
    tables.METADATA.create_all(database.engine)
    yield database
    database.close()


async def test_one_that_fails_keeps_no_other_waiting(database: Database) -> None:
    def erase(session: Session, user: str) -> None:
        if user.startswith("users/bad"):
            raise Defect(user)

    clock = NOW
    data = PersonalData(erase=erase, export=lambda session, user: {})
    eraser = Eraser("toy", database, data, lambda: clock)

    def withheld(session: Session) -> None:
        for number, user in enumerate((*(f"users/bad-{each}" for each in range(BATCH)), "users/ada")):
            erased_users.add(session, user)
            erased_users.put_off(session, user, NOW + timedelta(milliseconds=number))

    await database.write(withheld)
    for _ in range(2):
        clock += timedelta(seconds=1)
        with pytest.raises(ExceptionGroup):
            await eraser.go_on()
    events = await database.read(lambda session: outbox.shown(session, "toy", 0, 100))
    assert [PersonalDataErased.FromString(event.payload.value).user for event in events] == ["users/ada"]
