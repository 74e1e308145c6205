"""Of persons who are to be forgotten, and of mails of long ago, nothing is kept."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from services.notifications.keeping import Keeping
from services.notifications.mail import State
from services.notifications.person import personal_data
from services.notifications.sending.mailbox import Mailbox
from tests.service.notifications.sending.slow_letters import SlowLetters
from tests.service.notifications.sending.sorting_office import SortingOffice, files_in


async def test_a_person_is_forgotten(room: SortingOffice, tmp_path: Path) -> None:
    forgets = personal_data(Mailbox(tmp_path))
    async with room.at_work():
        await room.comes_to(await room.queued("hotels/sacher", user="users/ada"))
        await room.comes_to(await room.queued("users/bob"))
        await room.queued(due_time=room.clock() + timedelta(days=1))
        await room.database.write(
            lambda session: room.bounces.note(
                session, address="ada@guests.example", mail=None, reason="", now=room.clock()
            )
        )
        held = await room.database.read(lambda session: forgets.export(session, "users/ada"))
        assert [len(cast(list[object], held[part])) for part in ("mails", "bounces", "unsubscribed")] == [2, 0, 0]
        await room.database.write(lambda session: forgets.erase(session, "users/ada"))
        held = await room.database.read(lambda session: forgets.export(session, "users/ada"))
    assert not any(held.values())
    (left,) = files_in(tmp_path)
    assert "bob@guests.example" in left.read_text()


async def test_a_person_who_is_forgotten_while_the_mail_is_made(room: SortingOffice, tmp_path: Path) -> None:
    forgets = personal_data(Mailbox(tmp_path))
    taken, going = asyncio.Event(), asyncio.Event()
    deliver = room.transport.deliver

    class Late(Mailbox):
        async def deliver(self, mail: Any, sealed: Any) -> None:
            taken.set()
            await going.wait()
            await deliver(mail, sealed)

    late = SortingOffice(room.database, Late(tmp_path))
    async with late.at_work():
        await late.queued()
        await taken.wait()
        await room.database.write(lambda session: forgets.erase(session, "users/ada"))
        going.set()
    assert files_in(tmp_path) == []


async def test_a_person_who_is_forgotten_before_the_mail_is_handed_over(room: SortingOffice, tmp_path: Path) -> None:
    forgets = personal_data(Mailbox(tmp_path))
    slow = SlowLetters()
    office = SortingOffice(room.database, room.transport, slow)
    async with office.at_work():
        await office.queued()
        await slow.composing.wait()
        await office.database.write(lambda session: forgets.erase(session, "users/ada"))
        slow.going.set()
    assert not (tmp_path / "mail").exists()
    assert office.letters.noted == []


async def test_mails_are_forgotten_after_a_time(room: SortingOffice, tmp_path: Path) -> None:
    keeping = Keeping(room.database, Mailbox(tmp_path), room.clock, days=90)
    async with room.at_work():
        await room.comes_to(await room.queued())
        await keeping.forget()
        assert len(files_in(tmp_path)) == 1
        room.later(days=91)
        kept = await room.queued("users/bob", due_time=room.clock() + timedelta(days=1))
        await keeping.forget()
        assert files_in(tmp_path) == []
        assert (await room.mail(kept)).state is State.QUEUED
