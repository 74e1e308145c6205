"""The whole platform behind the edge, and a look at it after each attack."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import psutil
import pytest
import pytest_asyncio

from tests.edge import RunningEdge, platform_behind_edge

SOON: Final = 10.0
FURTHER_FILES: Final = 40
FURTHER_BYTES: Final = 160 << 20
"""What a process may hold more than at first: buffers and arenas stay, leaks grow."""


class Footprint:
    """What a process holds, compared with what it held at first."""

    def __init__(self, process_id: int) -> None:
        self._process = psutil.Process(process_id)
        self._at_first = self._now()

    async def as_before(self) -> None:
        """Returns when what was held for attackers is let go. Raises AssertionError where it is not, soon."""
        for _ in range(int(SOON * 10)):
            if not self._grown():
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"held more than before: {self._at_first}, now {self._now()}")

    def _grown(self) -> bool:
        (files_before, held_before), (files, held) = self._at_first, self._now()
        return files > files_before + FURTHER_FILES or held > held_before + FURTHER_BYTES

    def _now(self) -> tuple[int, int]:
        return self._process.num_fds(), self._process.memory_info().rss


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def edge(tmp_path_factory: pytest.TempPathFactory, envoy: Path) -> AsyncIterator[RunningEdge]:
    """One for all attacks: what one of them leaves behind, the others come upon."""
    async with platform_behind_edge(tmp_path_factory.mktemp("hostile") / "data", demo_hotels=0) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def of_envoy(edge: RunningEdge) -> Footprint:
    """Taken when the platform has answered a request."""
    await good_request(edge)
    return Footprint(edge.process_id)


@pytest_asyncio.fixture(loop_scope="session")
async def unharmed(edge: RunningEdge, of_envoy: Footprint) -> AsyncIterator[None]:
    """After the test, others are served as before, and nothing is left of the attack: in Envoy since the first one, in
    the process of the services, where other tests run too, since this one began."""
    of_services = Footprint(os.getpid())
    yield
    await good_request(edge)
    await of_envoy.as_before()
    await of_services.as_before()


async def good_request(edge: RunningEdge) -> None:
    """What somebody else asks meanwhile."""
    async with edge.http() as http:
        answer = await http.get("/v1/hotels", params={"pageSize": 1})
    assert answer.status_code == 200, answer.text


async def logged(edge: RunningEdge, saying: str, *, after: int) -> str:
    """The line that matches a pattern, beyond so many lines, as soon as it is there: Envoy writes when a request or a
    connection has ended, some moments after the answer. Raises AssertionError where it does not."""
    for _ in range(int(SOON * 50)):
        for line in edge.logged()[after:]:
            if re.search(saying, line):
                return line
        await asyncio.sleep(0.02)
    raise AssertionError(f"the edge has logged nothing like {saying}")


def from_port(port: int) -> str:
    """The pattern of lines about a connection from that port."""
    return rf"\bport={port}\b"
