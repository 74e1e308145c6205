"""A sorting office that writes to the mailbox directory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.notifications.sending.mailbox import Mailbox
from tests.service.notifications.sending.sorting_office import SortingOffice, opened


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[SortingOffice]:
    database = opened(tmp_path)
    yield SortingOffice(database, Mailbox(tmp_path))
    database.close()
