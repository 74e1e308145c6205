"""Links that many follow at once, on each kind of database."""

from __future__ import annotations

import asyncio

import pytest

from tests.conftest import StartPlatform
from tests.service.links.conftest import TARGET, Wall, links_on


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
async def test_every_click_is_counted_once(kind: str, platform: StartPlatform, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgresql").url("links") if kind == "PostgreSQL" else ""
    links = await links_on(platform, Wall(), database_url=url)
    one, other = await asyncio.gather(links.make(), links.make())
    followed = await asyncio.gather(*(links.follow(link) for link in (one, other) for _ in range(8)))
    assert set(followed) == {TARGET}
    assert [(await links.get(link.name)).click_count for link in (one, other)] == [8, 8]
