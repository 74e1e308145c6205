"""A process that brings a toy's database to the version of the code when it is told to."""

from __future__ import annotations

import sys
from pathlib import Path

from cryptography.fernet import Fernet

from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from tests.toy.service import METADATA


def main(directory: str, url: str) -> None:
    database = Database.open("toy", url=url, directory=Path(directory), seal=Fernet(Fernet.generate_key()))
    print("ready", flush=True)
    sys.stdin.readline()
    migrate(database, "tests.toy.migrations", METADATA)
    database.close()
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
