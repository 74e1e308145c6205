"""Bookings, with the services that they stand on, running."""

from __future__ import annotations

import pytest

from tests.conftest import RunningPlatform, StartPlatform
from tests.service.booking.desk import Desk


@pytest.fixture
async def running(platform: StartPlatform) -> RunningPlatform:
    """The booking service and whom it calls."""
    return await platform("bank", "payments", "hotels", "booking")


@pytest.fixture
async def desk(running: RunningPlatform) -> Desk:
    """A hotel with seven rooms, and users/ada before its desk."""
    return await Desk(running=running).open()
