"""What was acknowledged is there after a crash, and what was not is there whole or not at all."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.storage.tables import OUTBOX
from tests.conftest import StartPlatform
from tests.toy.contract import message_class
from tests.toy.service import texts, toy

ENOUGH = 300
"""Notes that are acknowledged before the process is killed."""


def announced(session: Session) -> list[str]:
    """The texts of the recorded events."""
    kept = message_class("NoteKept")
    return [kept.FromString(payload).text for payload in session.scalars(select(OUTBOX.c.payload))]  # type: ignore[attr-defined]


def killed_while_it_writes(directory: Path, url: str) -> list[str]:
    """Starts a writer, and kills it in the midst; the texts of the notes that it called stored."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.service.chassis.writer", str(directory), url], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(ENOUGH)]
        process.kill()
        return acknowledged + [line.strip() for line in process.stdout if line.endswith("\n")]


async def test_a_process_is_killed_while_it_writes(toys: StartPlatform, tmp_path: Path, database_url: str) -> None:
    (tmp_path / "data").mkdir()
    acknowledged = await asyncio.to_thread(killed_while_it_writes, tmp_path / "data", database_url)
    database = (await toys(toy(), database_url=database_url)).database("toy")
    stored = set(await database.read(texts))
    assert set(acknowledged) <= stored
    single = {text for text in stored if not text.endswith("again")}
    assert stored == single | {f"{text} again" for text in single}, "each unit of work is there whole"
    assert sorted(await database.read(announced)) == sorted(single), "and its event with it"
    newest = await database.read(lambda session: session.scalar(select(func.max(OUTBOX.c.sequence))))
    assert (newest or 0) >= len(acknowledged)
