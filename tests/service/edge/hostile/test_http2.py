"""Frames of HTTP/2 that break its rules, or wear out whoever keeps them."""

from __future__ import annotations

import pytest

from tests.edge import RunningEdge
from tests.service.edge.hostile.conftest import from_port, logged
from tests.service.edge.hostile.floods import ATTACKS
from tests.service.edge.hostile.frames import greeted

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("unharmed")]


@pytest.mark.parametrize("name", ATTACKS)
async def test_an_attack(edge: RunningEdge, name: str) -> None:
    before = len(edge.logged())
    async with greeted(edge.address) as connection:
        await ATTACKS[name](connection)
        conversation = await connection.heard()
    assert conversation.refused, conversation
    assert all(status < 500 for status in conversation.statuses), conversation
    assert await logged(edge, from_port(connection.port), after=before)
