"""A database of bookings, as the newest version of the schema has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from chassis.storage.database import Database
from chassis.storage.migrate import migrate
from services.booking.tables import METADATA


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open("booking", url="", directory=tmp_path, seal=Fernet(Fernet.generate_key()))
    migrate(opened, "services.booking.migrations", METADATA)
    yield opened
    opened.close()
