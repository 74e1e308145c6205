"""The web service with bookings behind it, running."""

from __future__ import annotations

import pytest

from tests.conftest import RunningPlatform, StartPlatform
from tests.service.booking.desk import Desk

BEHIND = ("bank", "payments", "hotels", "booking")


@pytest.fixture
async def running(platform: StartPlatform) -> RunningPlatform:
    """The web service, the booking service and whom that calls."""
    return await platform(*BEHIND, "web", elsewhere=("auth",))


@pytest.fixture
async def desk(running: RunningPlatform) -> Desk:
    """A hotel with seven rooms, and users/ada before its desk."""
    return await Desk(running=running).open()
