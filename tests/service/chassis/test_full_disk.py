"""A disk that is full costs nobody more than another try: nothing is half stored, and nobody is told of a defect."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import grpc
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis.errors import StartError
from chassis.service import Kit
from chassis.storage.database import Database
from tests.conftest import StartPlatform
from tests.errors import refused
from tests.toy import contract
from tests.toy.contract import message
from tests.toy.service import Toy, count, keep, texts, toy

FULL = "database or disk is full"


async def let_grow(database: Database, pages: int) -> None:
    """From now on the file may have so many pages more; it says it is full just as a disk would."""

    def limit(session: Session) -> None:
        now = session.scalar(text("PRAGMA page_count")) or 0
        session.execute(text(f"PRAGMA max_page_count = {now + pages}"))

    await database.write(limit)


def keep_many(session: Session) -> None:
    for number in range(400):
        keep(session, f"{number} {'x' * 200}")


async def test_a_unit_that_finds_the_disk_full_says_so_and_leaves_nothing(toys: StartPlatform) -> None:
    database = (await toys(toy())).database("toy")
    await database.write(lambda session: keep(session, "before"))
    await let_grow(database, 2)
    outcomes = await asyncio.gather(*(database.write(keep_many) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(outcome, OperationalError) and FULL in str(outcome) for outcome in outcomes), outcomes
    assert await database.read(texts) == ["before"]
    await let_grow(database, 100_000)
    await database.write(keep_many)
    assert await database.read(count) == 401


async def test_a_caller_is_told_to_try_again_and_then_it_works(toys: StartPlatform) -> None:
    def servicer(kit: Kit) -> Toy:
        def work(session: Session) -> Any:
            keep_many(session)
            return message("Kept", name="notes/all")

        async def keep_them(request: Any) -> Any:
            return await kit.database.command(work)

        return Toy(keep=keep_them)

    running = await toys(toy(servicer))
    database = running.database("toy")
    stub = running.stub(contract.toy_stub, token=running.token("users/ada", ("toys.write",)))
    asked = message("KeepRequest", text="one", request_id=str(uuid.uuid4()))
    await let_grow(database, 2)
    async with refused(grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"):
        await stub.Keep(asked)
    await let_grow(database, 100_000)
    assert (await stub.Keep(asked)).name == "notes/all"


async def test_a_start_that_finds_the_disk_full_says_so_in_one_line(toys: StartPlatform) -> None:
    databases: list[Database] = []

    def servicer(kit: Kit) -> Toy:
        databases.append(kit.database)
        return Toy()

    async def fill() -> None:
        await let_grow(databases[0], 2)
        await databases[0].write(keep_many)

    with pytest.raises(StartError) as raised:
        await toys(toy(servicer, start=fill))
    assert str(raised.value).startswith("database of toy (")
    assert str(raised.value).endswith(f"): {FULL}")
