"""The authorization server at the web service's own port."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import StartPlatform
from tests.service.web.oauth.world import World


@pytest.fixture
async def world(platform: StartPlatform) -> AsyncIterator[World]:
    running = await platform("auth", "web", elsewhere=("booking",))
    world = await World(running, f"http://{running.platform.http_address}").open()
    yield world
    await world.close()
