"""Everything that mails need, running, with a hotel that takes guests."""

from __future__ import annotations

import pytest

from tests.conftest import StartPlatform
from tests.service.booking.desk import Desk
from tests.service.notifications.letters.mailroom import EVERYBODY, Mailroom, MovableClock, by


@pytest.fixture
def clock() -> MovableClock:
    """By which mails are sent."""
    return MovableClock()


@pytest.fixture
async def mailroom(platform: StartPlatform, clock: MovableClock) -> Mailroom:
    """All mails of a platform on which nothing has happened yet."""
    running = await platform(*EVERYBODY, "web", altered={"notifications": by(clock)}, elsewhere=("auth",))
    return Mailroom(running=running)


@pytest.fixture
async def desk(mailroom: Mailroom) -> Desk:
    """A hotel with seven rooms that can be written to, and users/ada before its desk."""
    desk = await Desk(running=mailroom.running).open()
    await mailroom.reach(desk.hotel, "desk@sacher.example", "night@sacher.example")
    return desk
