"""Toy services on the real chassis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from chassis.service import Service
from tests.conftest import RunningPlatform, StartPlatform
from tests.toy.service import started


@pytest.fixture
async def toys(tmp_path: Path) -> AsyncIterator[StartPlatform]:
    """Starts platforms of toy services, and stops them after the test, the last one first."""
    async with AsyncExitStack() as stack:

        async def start(*services: Service, data_dir: Path = tmp_path / "data", **settings: Any) -> RunningPlatform:
            return await stack.enter_async_context(started(data_dir, *services, **settings))

        yield start


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs on each kind of database: the URL for a service called `toy`."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgresql").url("toy")
    return url
