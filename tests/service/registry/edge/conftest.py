"""An edge before services that show what it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.edge import RunningEdge, platform_behind_edge
from tests.service.registry.edge.echo import ECHO

ORIGIN = "https://book.example"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def echoing(tmp_path_factory: pytest.TempPathFactory, envoy: Path) -> AsyncIterator[RunningEdge]:
    """An edge before hotels and users, where `web` answers with what it was asked."""
    directory = tmp_path_factory.mktemp("echo") / "data"
    names = ("registry", "hotels", "users", "web")
    async with platform_behind_edge(directory, names, altered={"web": ECHO}, edge_origins=ORIGIN) as edge:
        yield edge
