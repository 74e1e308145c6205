"""A data directory as a platform leaves it, so that not every test has to wait for a first start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.journey.command import up


@pytest.fixture(scope="session")
def after_first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a first start without made-up hotels leaves. To be copied, not used."""
    data_dir = tmp_path_factory.mktemp("first-start") / "data"
    with up(data_dir, demo_hotels=0) as platform:
        assert platform.stop() == 0
    return data_dir


@pytest.fixture
def data_dir(after_first_start: Path, tmp_path: Path) -> Path:
    """The test's own data directory, of a platform that was started before and has no hotels."""
    return Path(shutil.copytree(after_first_start, tmp_path / "data"))
