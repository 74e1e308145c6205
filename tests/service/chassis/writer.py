"""A process that writes as fast as it can, and says of each note when it is stored. It is there to be killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from chassis.events.outbox import record
from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from tests.toy.contract import message
from tests.toy.service import METADATA, keep

WRITERS = 20


def note(session: Session, text: str) -> None:
    """Two notes and an event: all of them, or none."""
    keep(session, text)
    keep(session, f"{text} again")
    record(session, "notes/1", message("NoteKept", text=text))


async def write(database: Database, writer: int) -> None:
    """Writes without end, and says what is stored, a line each."""
    number = 0
    while True:
        number += 1
        text = f"{writer} {number}"
        await database.write(lambda session, text=text: note(session, text))  # type: ignore[misc]
        print(text, flush=True)


async def main(directory: str, url: str) -> None:
    database = Database.open("toy", url=url, directory=Path(directory), seal=Fernet(Fernet.generate_key()))
    migrate(database, "tests.toy.migrations", METADATA)
    await asyncio.gather(*(write(database, writer) for writer in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
