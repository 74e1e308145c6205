"""A command takes effect once, however often it is sent, and its repetition finds the first answer."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.errors import reason_of
from chassis.kit import utc_now
from chassis.refusal import AlreadyExists, Refusal
from chassis.service import Kit
from chassis.storage.requests import KEPT, forget_old
from chassis.storage.tables import REQUESTS
from tests.conftest import RunningPlatform, StartPlatform
from tests.errors import refused
from tests.postgresql import Cluster
from tests.toy import contract
from tests.toy.contract import message
from tests.toy.service import Toy, count, keep, texts, toy

SCOPES = ("toys.read", "toys.write")
KEY = "the-key-to-the-note"


class ToyBroken(Refusal):
    reason = "TOY_BROKEN"


class Keeper:
    """Keeps notes, no two of the same text, and counts how often it is asked to."""

    def __init__(self, kit: Kit) -> None:
        self._database = kit.database
        self.runs = 0
        self.broken = False

    async def keep(self, request: Any) -> Any:
        return await self._database.command(lambda session: self._keep(session, request))

    def _keep(self, session: Session, request: Any) -> Any:
        self.runs += 1
        try:
            with session.begin_nested():
                name = keep(session, request.text)
        except IntegrityError:
            raise AlreadyExists(request.text) from None
        if self.broken:
            raise ToyBroken("not today")
        return message("Kept", name=name, key=KEY)


class Desk:
    """A running toy that keeps notes, and ways to ask it."""

    def __init__(self, running: RunningPlatform, keeper: Keeper) -> None:
        self.running = running
        self.keeper = keeper

    def stub(self, user: str = "users/ada") -> contract.Stub:
        return self.running.stub(contract.toy_stub, token=self.running.token(user, SCOPES))

    async def notes(self) -> list[str]:
        return await self.running.database("toy").read(texts)

    async def answers(self) -> int:
        """How many answers are kept."""
        query = select(func.count()).select_from(REQUESTS)
        return await self.running.database("toy").read(lambda session: session.scalar(query) or 0)


@pytest.fixture
async def open_desk(toys: StartPlatform) -> Callable[[str], Awaitable[Desk]]:
    async def start(database_url: str) -> Desk:
        keepers: list[Keeper] = []

        def servicer(kit: Kit) -> Toy:
            keepers.append(keeper := Keeper(kit))
            return Toy(keep=keeper.keep)

        running = await toys(toy(servicer), database_url=database_url)
        return Desk(running, keepers[0])

    return start


@pytest.fixture
async def desk(open_desk: Callable[[str], Awaitable[Desk]], database_url: str) -> Desk:
    return await open_desk(database_url)


def request(text: str = "one", request_id: str = "", password: str = "") -> Any:
    return message("KeepRequest", text=text, password=password, request_id=request_id or str(uuid.uuid4()))


async def test_a_repeated_command_finds_its_answer(desk: Desk) -> None:
    asked = request()
    first = await desk.stub().Keep(asked)
    assert await desk.stub().Keep(asked) == first
    assert (first.key, desk.keeper.runs) == (KEY, 1)
    assert await desk.notes() == ["one"]


async def test_an_id_in_capitals_is_the_same_id(desk: Desk) -> None:
    asked = request()
    first = await desk.stub().Keep(asked)
    asked.request_id = asked.request_id.upper()
    assert await desk.stub().Keep(asked) == first


async def test_an_id_with_another_body(desk: Desk) -> None:
    asked = request("one", password="hunter2")
    await desk.stub().Keep(asked)
    for other in (
        request("two", asked.request_id, password="hunter2"),
        request("one", asked.request_id, password="hunter3"),
    ):
        async with refused(grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED") as outcome:
            await desk.stub().Keep(other)
        assert "hunter" not in str(outcome.error)
    assert await desk.notes() == ["one"]


async def test_the_same_id_of_another_caller(desk: Desk) -> None:
    asked = request("one")
    await desk.stub().Keep(asked)
    asked.text = "two"
    await desk.stub("users/eve").Keep(asked)
    assert await desk.notes() == ["one", "two"]


async def test_the_same_id_of_a_service_for_another_user(desk: Desk) -> None:
    asked = request("one")
    await desk.running.inside(contract.toy_stub, as_service="asking", user="users/ada").Keep(asked)
    asked.text = "two"
    await desk.running.inside(contract.toy_stub, as_service="asking", user="users/eve").Keep(asked)
    assert await desk.notes() == ["one", "two"]


async def test_a_command_that_fails_is_not_kept(desk: Desk) -> None:
    desk.keeper.broken = True
    asked = request()
    async with refused(grpc.StatusCode.FAILED_PRECONDITION, "TOY_BROKEN"):
        await desk.stub().Keep(asked)
    assert (await desk.notes(), await desk.answers()) == ([], 0)
    desk.keeper.broken = False
    assert (await desk.stub().Keep(asked)).name
    assert await desk.notes() == ["one"]


async def test_equal_commands_at_once_take_effect_once(desk: Desk) -> None:
    asked = request()
    answers = await asyncio.gather(*(desk.stub().Keep(asked) for _ in range(50)))
    assert len({answer.name for answer in answers}) == 1
    assert await desk.running.database("toy").read(count) == 1
    if desk.running.database("toy").engine.dialect.name == "sqlite":
        assert desk.keeper.runs == 1


async def test_commands_at_once_that_want_the_same(desk: Desk) -> None:
    outcomes = await asyncio.gather(*(desk.stub().Keep(request()) for _ in range(20)), return_exceptions=True)
    failed = [outcome for outcome in outcomes if isinstance(outcome, grpc.aio.AioRpcError)]
    assert {reason_of(error) for error in failed} == {"RESOURCE_EXISTS"}
    assert len(failed) == 19
    assert (await desk.notes(), await desk.answers()) == (["one"], 1)


async def test_commands_at_once_of_many_callers(desk: Desk) -> None:
    await asyncio.gather(*(desk.stub(f"users/{number}").Keep(request(f"note {number}")) for number in range(60)))
    assert len(await desk.notes()) == 60


async def test_a_caller_who_hung_up_finds_the_answer(desk: Desk) -> None:
    asked = request()
    leaving = asyncio.ensure_future(desk.stub().Keep(asked))
    while desk.keeper.runs == 0:  # noqa: ASYNC110 - a database thread does not tell
        await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    answer = await desk.stub().Keep(asked)
    assert answer.key == KEY
    assert await desk.notes() == ["one"]


async def test_answers_are_forgotten_when_nobody_asks_for_them_any_more(desk: Desk) -> None:
    await desk.stub().Keep(request())
    database, second = desk.running.database("toy"), timedelta(seconds=1)
    await database.write(partial(forget_old, now=utc_now() + KEPT - second))
    assert await desk.answers() == 1
    await database.write(partial(forget_old, now=utc_now() + KEPT + second))
    assert await desk.answers() == 0


async def test_no_secret_is_in_the_file(open_desk: Callable[[str], Awaitable[Desk]], tmp_path: Path) -> None:
    desk = await open_desk("")
    await desk.stub().Keep(request("to be found", password="hunter2-of-ada"))
    files = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("toy.db*"))
    assert b"to be found" in files
    assert KEY.encode() not in files
    assert b"hunter2-of-ada" not in files


async def test_no_secret_is_on_the_server(open_desk: Callable[[str], Awaitable[Desk]], postgresql: Cluster) -> None:
    url = postgresql.url("toy")
    desk = await open_desk(url)
    await desk.stub().Keep(request("to be found", password="hunter2-of-ada"))
    name = desk.running.database("toy").engine.url.database or ""
    with psycopg.connect(postgresql.address(name)) as connection:
        rows = str(connection.execute("SELECT * FROM requests").fetchall())
    assert "/toy.v1.ToyService/Keep" in rows
    assert KEY not in rows
    assert "hunter2" not in rows
