"""Mails of a process that dies with one in hand."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from services.notifications.mail import State
from tests.service.notifications.sending.sorting_office import SortingOffice, files_in, relay
from tests.smtp import MailServer

Crash = Callable[[str, Path | None], Awaitable[None]]


@pytest.fixture
def crash(tmp_path: Path) -> Crash:
    """Has a process of its own send the first mail, and die before it has noted that."""

    async def run(url: str, ca_file: Path | None) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.service.notifications.sending.crashing", str(tmp_path), url, str(ca_file)
        )
        async with asyncio.timeout(30):
            assert await process.wait() == -signal.SIGKILL

    return run


async def test_a_crash_before_it_is_noted_that_a_mail_was_taken(
    room: SortingOffice, tmp_path: Path, crash: Crash
) -> None:
    server = await MailServer(directory=tmp_path).start()
    again = SortingOffice(room.database, relay(server.url, server.ca_file), clock=room.clock)
    name = await room.queued()
    await crash(server.url, server.ca_file)
    left = await room.mail(name)
    assert left.state is State.QUEUED
    assert len(server.received) == 1
    async with again.at_work():
        again.later(seconds=0)
        await asyncio.sleep(0.05)
        assert len(server.received) == 1, "while the claim of the dead is believed"
        again.later(seconds=31)
        await again.comes_to(name, State.SENT)
    first, second = server.received
    assert first.id == second.id == left.message_id
    assert first.message["Date"] == second.message["Date"]
    await server.stop()


async def test_a_crash_leaves_one_file(room: SortingOffice, tmp_path: Path, crash: Crash) -> None:
    name = await room.queued()
    await crash("", None)
    before = files_in(tmp_path)
    async with room.at_work():
        room.later(seconds=31)
        await room.comes_to(name, State.SENT)
    assert files_in(tmp_path) == before
    assert len(before) == 1
    assert before[0].stat().st_mode & 0o077 == 0
    assert before[0].parent.stat().st_mode & 0o077 == 0
