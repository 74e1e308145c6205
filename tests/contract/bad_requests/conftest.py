"""Requests to break. They are made once: a request that is refused leaves them as good as they were."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.contract.bad_requests.stored import Stored
from tests.contract.calls.preparing import prepare
from tests.contract.calls.served import Example
from tests.contract.calls.world import Prepared, World


class Examples:
    """For each example of a method, a request that would be granted."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._prepared: dict[Example, Prepared] = {}

    async def __call__(self, example: Example) -> Prepared:
        if example not in self._prepared:
            self._prepared[example] = await prepare(self._world, example)
        return self._prepared[example]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stored(world: World) -> AsyncIterator[Stored]:
    """What tells whether a call wrote anything."""
    with Stored(world) as looking:
        yield looking


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def examples(world: World) -> Examples:
    """The requests that tests break."""
    return Examples(world)
