"""Payments and the bank, running."""

from __future__ import annotations

import pytest

from tests.conftest import StartPlatform
from tests.service.payments.till import Till


@pytest.fixture
async def till(platform: StartPlatform) -> Till:
    """A caller that acts for users/ada."""
    return Till(await platform("bank", "payments"))
