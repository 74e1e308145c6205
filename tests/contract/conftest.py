"""One platform for all tests of the contracts' promises about calls."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.catalogue import CATALOGUE
from tests.conftest import started
from tests.contract.calls.world import World


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Every service of the catalogue."""
    names = [service.name for service in CATALOGUE]
    async with started(tmp_path_factory.mktemp("world"), names, demo_hotels=0, database_url="") as running:
        yield World(running)
