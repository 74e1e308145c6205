"""One platform for all tests of the contracts' promises about calls.

Its registry's clock stands still, so that what is stored changes by calls alone: no lease runs out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import cast

import pytest
import pytest_asyncio

from chassis.kit import ServiceKit
from chassis.service import Assembly, Kit, Service
from services.catalogue import CATALOGUE
from services.registry.service import SERVICE as REGISTRY
from tests.conftest import started
from tests.contract.calls.world import World


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Every service of the catalogue."""
    names = [service.name for service in CATALOGUE]
    directory, altered = tmp_path_factory.mktemp("world"), {"registry": on_a_clock_that_stands(REGISTRY)}
    async with (
        started(directory, names, altered=altered, demo_hotels=0, database_url="") as running,
        aclosing(World(running)) as made,
    ):
        yield made


def on_a_clock_that_stands(service: Service) -> Service:
    """The service, for which it is always the moment of its start."""

    def assemble(kit: Kit) -> Assembly:
        now = kit.clock()
        return service.assemble(replace(cast(ServiceKit, kit), clock=lambda: now))

    return replace(service, assemble=assemble)
