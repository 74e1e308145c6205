"""The database does not answer for a while."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError

from chassis.storage.database import Database
from chassis.storage.session import Session
from services.notifications.mail import State
from tests.service.notifications.sending.slow_mailbox import Slow
from tests.service.notifications.sending.sorting_office import SortingOffice

T = TypeVar("T")


class Away(Database):
    """A database that does not answer to some writes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.away = 0

    async def read(self, work: Callable[[Session], T]) -> T:
        return await self._database.read(work)

    async def write(self, work: Callable[[Session], T]) -> T:
        if self.away:
            self.away -= 1
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("", {}, error)
        return await self._database.write(work)


async def test_that_a_mail_is_out_is_noted_when_the_database_is_back(room: SortingOffice, tmp_path: Path) -> None:
    away = Away(room.database)

    class Last(Slow):
        async def deliver(self, mail: Any, sealed: Any) -> None:
            await super().deliver(mail, sealed)
            away.away = 2

    last = Last(tmp_path)
    last.going.set()
    office = SortingOffice(away, last)
    async with office.at_work():
        name = await office.queued()
        await office.comes_to(name, State.SENT)
    assert last.delivered == [name]


async def test_mails_go_out_when_the_database_is_back(room: SortingOffice) -> None:
    away = Away(room.database)
    office = SortingOffice(away, room.transport)
    name = await office.queued()
    away.away = 1
    async with office.at_work():
        await office.comes_to(name, State.SENT)


async def test_nobody_goes_on_where_what_is_in_hand_could_not_be_left_to_others(room: SortingOffice) -> None:
    before = asyncio.all_tasks()
    away = Away(room.database)
    office = SortingOffice(away, room.transport)
    async with office.at_work():
        await office.comes_to(await office.queued(), State.SENT)
        away.away = 1000
    assert asyncio.all_tasks() == before
