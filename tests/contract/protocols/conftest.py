"""One platform with its edge, and clients of every protocol that call it from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from services.registry.service import SERVICE as REGISTRY
from tests.contract.calls.world import World
from tests.contract.conftest import on_a_clock_that_stands
from tests.contract.protocols.grpc_web import GrpcWebClient
from tests.contract.protocols.native import NativeClient
from tests.contract.protocols.rest import RestClient
from tests.edge import platform_behind_edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The platform as callers from outside have it."""

    world: World
    http: httpx.AsyncClient
    rest: RestClient
    grpc: NativeClient
    grpc_web: GrpcWebClient
    grpc_web_text: GrpcWebClient


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def outside(tmp_path_factory: pytest.TempPathFactory, envoy: Path) -> AsyncIterator[Outside]:
    """Every service of the catalogue behind the edge."""
    directory, altered = tmp_path_factory.mktemp("outside"), {"registry": on_a_clock_that_stands(REGISTRY)}
    async with (
        platform_behind_edge(directory, altered=altered, demo_hotels=0, database_url="") as edge,
        aclosing(World(edge.platform)) as world,
        edge.http() as http,
        edge.channel() as channel,
    ):
        yield Outside(
            world=world,
            http=http,
            rest=RestClient(http),
            grpc=NativeClient(channel),
            grpc_web=GrpcWebClient(http),
            grpc_web_text=GrpcWebClient(http, text=True),
        )
