"""The hotels service, running, and ways to call it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from innkeeper.hotels.v1.hotels_pb2_grpc import HotelsServiceStub
from tests.conftest import RunningPlatform, StartPlatform


@dataclass(frozen=True)
class Hotels:
    """The service as staff of a hotel, the public, and another service see it."""

    running: RunningPlatform
    staff: HotelsServiceStub
    public: HotelsServiceStub
    inside: HotelsServiceStub


@pytest.fixture
async def hotels(platform: StartPlatform) -> Hotels:
    running = await platform("hotels")
    return Hotels(
        running=running,
        staff=running.stub(HotelsServiceStub, token=running.token(scopes=["hotels.write"])),
        public=running.stub(HotelsServiceStub),
        inside=running.inside(HotelsServiceStub, as_service="search"),
    )
